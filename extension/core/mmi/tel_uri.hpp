// tel: links for dial codes, so that a page or a QR code can open the dialer with the code in it.
#pragma once

#include <optional>
#include <string_view>

#include "forwarding_code.hpp"
#include "text/fixed_text.hpp"

namespace telephony::mmi {

/// `tel:` and the longest code with every character escaped fit.
using TelUri = text::FixedText<4 + 3 * CodeText::capacity()>;

/// True for the feature codes of star-code carriers, as `*73` or `*722025550123`: `*` and 2 to 17 digits, no
/// `#`.
bool is_star_code(std::string_view text) noexcept;

/// The link for an MMI code or a star code; nullopt for any other text. `#` becomes `%23`, for a bare one
/// begins the fragment and never reaches the dialer; `*` and `+` stay (RFC 3986). Phones of Apple open no
/// link with `*` or `#`.
std::optional<TelUri> tel_uri(std::string_view code) noexcept;

/// tel_uri() of a code that is known to be one, as write() and the star dialect make them.
TelUri tel_uri_of_code(std::string_view code) noexcept;

}  // namespace telephony::mmi
