// Typed calls to Twilio for one account: search, buy, list, get, update, delete.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/timestamp.hpp"
#include "credential/credential.hpp"
#include "io/http_client.hpp"
#include "io/task.hpp"
#include "numbering/e164.hpp"
#include "twilio/answer.hpp"
#include "twilio/form.hpp"
#include "twilio/settings.hpp"

namespace telephony::sidecar {

class Metrics;
struct AccountInfo;
struct AvailableNumber;
struct Call;
struct CallerId;
struct CallPrice;
struct IncomingNumber;
struct NumberPrice;
struct ValidationRequest;
using NumberPrices = std::map<std::string, NumberPrice>;

/// The client of one credential. The token is in no log, no error and no metric.
class TwilioClient {
  public:
    TwilioClient(HttpClient& http, const TwilioSettings& settings, credential::Credential credential,
                 Metrics& metrics)
        : http_(http), settings_(settings), credential_(std::move(credential)), metrics_(metrics) {}

    /// What logs and metrics call the requests.
    static std::span<const std::string_view> operation_names();

    const std::string& account_sid() const noexcept { return credential_.account_sid; }
    /// The organization that the credential belongs to, or `platform`; for the log.
    std::string owner() const { return credential_.org.empty() ? "platform" : credential_.org; }
    bool uses_api_key() const noexcept { return credential_.is_api_key(); }
    void replace_credential(credential::Credential credential) { credential_ = std::move(credential); }

    /// Called after every request, with status 0 if there was no answer.
    std::function<void(const HttpResponse&)> on_response;

    /// The account's status and type. A standard API key may do everything but read its account: if a list of
    /// the account's numbers is answered instead, the account counts as active, and the type stays empty.
    Task<TwilioAnswer<AccountInfo>> account();
    /// Numbers whose FriendlyName is exactly `tag`.
    Task<TwilioAnswer<std::vector<IncomingNumber>>> list_by_tag(const std::string& tag);
    /// Numbers that are exactly `number`: Twilio's own filter is partial.
    Task<TwilioAnswer<std::vector<IncomingNumber>>> list_by_number(const numbering::E164& number);
    /// All numbers of the account.
    Task<TwilioAnswer<std::vector<IncomingNumber>>> list_all();
    /// Numbers for sale that take calls, about 30 of them. `country` is ISO alpha-2, `type` as in Twilio's
    /// path (Local, Mobile, ...); a type that the country does not have gives none. `filter`: what else they
    /// must be like, as parameters of the search (AreaCode, Contains, InLocality).
    Task<TwilioAnswer<std::vector<AvailableNumber>>> search(const std::string& country,
                                                            const std::string& type,
                                                            const FormParameters& filter);
    /// The same for somebody who only looks: a failure says nothing of the credential, unless it is refused.
    Task<TwilioAnswer<std::vector<AvailableNumber>>> look_for(const std::string& country,
                                                              const std::string& type,
                                                              const FormParameters& filter);
    /// What numbers of a country cost; asked for beside the rest, it waits five seconds at most, and its
    /// failure says nothing of the credential.
    Task<TwilioAnswer<NumberPrices>> prices(const std::string& country);
    /// Buys `number` under the name `tag` with `settings`, unless it is past `not_after` when the request
    /// would go out. Costs money; purchase_verdict.hpp says what the answer proves.
    Task<TwilioAnswer<IncomingNumber>> buy(const numbering::E164& number, const std::string& tag,
                                           const FormParameters& settings, Deadline not_after);
    Task<TwilioAnswer<IncomingNumber>> get(const std::string& number_sid);
    Task<TwilioAnswer<IncomingNumber>> update(const std::string& number_sid, const FormParameters& changes);
    /// Releases a number, for good, unless it is past `not_after` when the request would go out. There is a
    /// value only if Twilio confirmed it (204).
    Task<TwilioAnswer<bool>> remove(const std::string& number_sid, Deadline not_after);

    /// Caller ids that are exactly `number`.
    Task<TwilioAnswer<std::vector<CallerId>>> caller_ids(const numbering::E164& number);
    /// Has Twilio call `number` and ask for the code that is in the answer, so that it becomes a caller id
    /// named `tag`, unless it is past `not_after` when the request would go out. Never to be repeated: each
    /// rings the telephone.
    Task<TwilioAnswer<ValidationRequest>> validate(const numbering::E164& number, const std::string& tag,
                                                   Deadline not_after);
    /// There is a value only if Twilio confirmed it (204).
    Task<TwilioAnswer<bool>> remove_caller_id(const std::string& sid, Deadline not_after);
    Task<TwilioAnswer<Call>> call(const std::string& sid);
    /// The newest calls to `number` since the day of `since`.
    Task<TwilioAnswer<std::vector<Call>>> calls_to(const numbering::E164& number, Timestamp since);
    /// Ends a call, whether it rings or is answered.
    Task<TwilioAnswer<Call>> end_call(const std::string& sid, Deadline not_after);
    /// What a call from `from` to `number` costs.
    Task<TwilioAnswer<CallPrice>> call_price(const numbering::E164& number, std::string_view from);

  private:
    enum class Operation {
        account,
        list,
        search,
        look,
        prices,
        buy,
        get,
        update,
        caller_ids,
        validate,
        remove_caller_id,
        call,
        calls,
        end_call,
        call_price,
        del,
    };
    static constexpr std::string_view name_of(Operation operation);

    Task<HttpResponse> request(Operation operation, HttpMethod method, const std::string& path,
                               const FormParameters& form, Deadline not_after = no_deadline);
    Task<TwilioAnswer<std::vector<IncomingNumber>>> list(const FormParameters& query);
    Task<TwilioAnswer<std::vector<AvailableNumber>>> available(Operation operation,
                                                               const std::string& country,
                                                               const std::string& type,
                                                               const FormParameters& filter);
    std::string account_path() const;
    std::string number_path(const std::string& number_sid) const;
    std::string caller_id_path(const std::string& sid) const;
    std::string call_path(const std::string& sid) const;

    HttpClient& http_;
    const TwilioSettings& settings_;
    credential::Credential credential_;
    Metrics& metrics_;
};

}  // namespace telephony::sidecar
