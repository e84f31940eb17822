// Notation and interpretation put together, and what letters mean.
#include "parse.hpp"

#include <algorithm>
#include <array>

#include "code_points.hpp"
#include "deviations.hpp"
#include "format.hpp"
#include "interpretation.hpp"

namespace telephony::numbering {

namespace {

/// A list separator has a second number behind it where more digits follow than an extension has.
constexpr std::size_t longest_listed_extension = 6;

bool is_calling_code(const PlanCallingCode& code, std::string_view digits) noexcept {
    unsigned value = 0;
    for (const char digit : digits) value = value * 10 + static_cast<unsigned>(digit - '0');
    return value == code.calling_code;
}

bool has_letters(std::string_view tokens) noexcept {
    return std::ranges::any_of(tokens, [](char c) { return is(c, token_class::letter); });
}

/// The region to read national forms in.
struct Home {
    const PlanTerritory* territory = nullptr;
    ParseProblem problem = ParseProblem::no_calling_code;  // of a national form, where there is no territory
};

Home find_home(const Plan& plan, std::optional<std::string_view> region) noexcept {
    if (!region) return {};
    std::string_view name = *region;
    while (name.starts_with(' ')) name.remove_prefix(1);
    while (name.ends_with(' ')) name.remove_suffix(1);
    const Home unknown{nullptr, ParseProblem::unknown_region};
    if (name.size() != 2) return unknown;
    std::size_t place = 0;
    for (const char c : name) {
        const unsigned letter =
            static_cast<unsigned char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c) - unsigned{'A'};
        if (letter >= 26) return unknown;
        place = place * 26 + letter;
    }
    const std::uint16_t index = plan.territory_by_letters[place];
    return index == 0 ? unknown : Home{&plan.territories[index], ParseProblem::none};
}

class Reader {
  public:
    Reader(const Plan& plan, const Home& home) noexcept : plan_(plan), home_(home) {}

    Parsed read(const Notation& notation) noexcept;

  private:
    Parsed read_plain(std::string_view tokens) noexcept;
    Parsed read_any(std::string_view tokens) noexcept;
    Interpretation interpret_noted() const noexcept;
    Interpretation stable(Interpretation read) const noexcept;
    Interpretation interpret_tokens(std::string_view tokens, bool keypad) noexcept {
        note_digits(tokens, keypad, noted_);
        return interpret_noted();
    }
    bool is_valid(const Interpretation& read) const noexcept {
        return read.problem == ParseProblem::none && match(plan_, read.number).valid();
    }
    Parsed read_letters(const WithoutExtension& split, bool viable) noexcept;
    bool has_other_ending(std::string_view number) noexcept;
    bool is_enumerated(std::string_view number) noexcept;
    bool is_written_in_pairs(const Parsed& parsed) const noexcept;
    bool reads_valid(std::string_view tokens) noexcept;
    bool is_two(std::string_view tokens) noexcept;

    static Parsed result(const Interpretation& read, const Extension& extension,
                         bool label = false) noexcept {
        return {read.number, read.problem, label, extension};
    }
    static Parsed refused(ParseProblem problem) noexcept { return {{}, problem, false, {}}; }

    const Plan& plan_;
    const Home& home_;
    NotedDigits noted_;
};

Interpretation Reader::interpret_noted() const noexcept {
    if (!noted_.plus && home_.territory == nullptr) return {{}, home_.problem};
    const Interpretation first = interpret(plan_, noted_.view(), noted_.plus, home_.territory);
    if (is_valid(first)) return first;
    const Interpretation last = stable(first);
    if (is_valid(last)) return last;
    const Interpretation literal = interpret_literally(plan_, noted_.view(), noted_.plus, home_.territory);
    return literal.problem == ParseProblem::none ? literal : last;
}

/// One number, one value: what a number of the plan is not may bare another trunk prefix when one is
/// stripped, so it is read again until that changes nothing.
Interpretation Reader::stable(Interpretation read) const noexcept {
    for (int rounds = 0; rounds < E164::max_digits; ++rounds) {
        if (read.problem != ParseProblem::none || is_valid(read)) return read;
        std::array<std::uint8_t, E164::max_digits> digits;
        const auto count = static_cast<std::size_t>(read.number.digit_count());
        for (std::size_t i = 0; i < count; ++i)
            digits[i] = static_cast<std::uint8_t>(read.number.digit(static_cast<int>(i)));
        const Interpretation again = interpret(plan_, {digits.data(), count}, true, nullptr);
        if (again.problem == ParseProblem::none && again.number == read.number) return read;
        read = again;
    }
    return {{}, ParseProblem::no_canonical_form};
}

/// The digits of a part of the text are a number of the plan.
bool Reader::reads_valid(std::string_view tokens) noexcept {
    std::string_view number = possible_number(tokens);
    number = number.substr(0, number.find_last_of("0123456789") + 1);
    const auto unusual = [](char c) { return is(c, token_class::unusual); };
    return std::ranges::none_of(number, unusual) && is_valid(interpret_tokens(number, false));
}

/// Parted anywhere, the text is two numbers.
bool Reader::is_two(std::string_view tokens) noexcept {
    if (looks_like_two(tokens)) return true;
    if (tokens.find(';') != std::string_view::npos)
        return false;  // parameters of RFC 3966 are no second number
    for (std::size_t at = tokens.find(' '); at != std::string_view::npos; at = tokens.find(' ', at + 1))
        if (reads_valid(tokens.substr(0, at)) && reads_valid(tokens.substr(at))) return true;
    return false;
}

/// `030 1234567/68`: a whole number, and the last digits of another one. In `06221/540` the slash parts the
/// area code, which is no whole number.
bool Reader::has_other_ending(std::string_view number) noexcept {
    constexpr std::size_t fewest_national_digits = 7;
    const std::string_view head = before_other_ending(number);
    if (head.empty()) return false;
    const Interpretation read = interpret_tokens(head, false);
    return is_valid(read) &&
           static_cast<std::size_t>(read.number.digit_count()) - calling_code_length(read.number) >=
               fewest_national_digits;
}

/// `2) 030 1234567`, `24/7 030 1234567`: what stands first is no beginning of a number, as the national
/// prefix comes behind it; unless numbers are written so, as Somalia's `6 0100000`.
bool Reader::is_enumerated(std::string_view number) noexcept {
    if (home_.territory == nullptr) return false;
    const PlanCallingCode& code = plan_.calling_codes[home_.territory->calling_code];
    const std::string_view prefix = code.trunk_prefix;
    if (prefix.empty() || number.starts_with(prefix)) return false;
    const auto [mark, rest] = behind_list_mark(number);
    const std::size_t digits = std::min(rest.find_first_of("0123456789"), rest.size());
    if (!rest.substr(digits).starts_with(prefix) || is_calling_code(code, mark) || !reads_valid(rest))
        return false;
    const Interpretation whole = interpret_tokens(number, false);
    if (!is_valid(whole)) return true;
    const auto national = format_number(plan_, whole.number, FormatStyle::national);
    return !national.view().starts_with(mark) || is_digit(national.view()[mark.size()]);
}

/// A number of the plan whose national form is three pairs of digits.
bool Reader::is_written_in_pairs(const Parsed& parsed) const noexcept {
    if (!parsed || !match(plan_, parsed.number).valid()) return false;
    const auto national = format_number(plan_, parsed.number, FormatStyle::national);
    constexpr std::size_t size = 8;  // with what parts them
    const std::string_view text = national.view();
    return text.size() == size && is_digit(text[1]) && !is_digit(text[2]) && is_digit(text[4]) &&
           !is_digit(text[5]);
}

/// Reads a text, and says better why it cannot be read where it is two numbers.
Parsed Reader::read(const Notation& notation) noexcept {
    const std::string_view tokens = notation.tokens();
    const Parsed parsed = notation.is_plain() ? read_plain(tokens) : read_any(tokens);
    if (is_short_date(tokens) && !is_written_in_pairs(parsed)) return refused(ParseProblem::date);
    switch (parsed.problem) {
        case ParseProblem::not_a_number:
        case ParseProblem::too_long:
        case ParseProblem::longer_than_e164:
        case ParseProblem::letters:
            return is_two(tokens) ? refused(ParseProblem::two_numbers) : parsed;
        default:
            return parsed;
    }
}

/// Digits, plus signs and what may stand between digits: read in one pass.
Parsed Reader::read_plain(std::string_view tokens) noexcept {
    const bool parted = tokens.find_first_of("-./") != std::string_view::npos;
    if (parted)
        if (const ParseProblem problem = problem_of_plain_look_alike(tokens); problem != ParseProblem::none)
            return refused(problem);
    const std::string_view number = without_fraction(possible_number(tokens));
    if (is_enumerated(number)) return refused(ParseProblem::two_numbers);
    const std::size_t pluses = std::min(number.find_first_not_of('+'), number.size());
    noted_.plus = pluses > 0;
    noted_.count = 0;
    bool may_end_twice = false;
    for (const char token : number.substr(pluses)) {
        const auto digit = static_cast<unsigned>(static_cast<unsigned char>(token)) - unsigned{'0'};
        if (digit < 10)
            noted_.digits[noted_.count++] = static_cast<std::uint8_t>(digit);
        else if (token == '+')
            return refused(ParseProblem::not_a_number);
        else if (noted_.count >= fewest_digits && (token == '/' || token == '(' || token == '['))
            may_end_twice = true;
    }
    if (may_end_twice) {
        if (has_other_ending(number)) return refused(ParseProblem::two_numbers);
        note_digits(number, false, noted_);
    }
    if (noted_.count < 3 && (noted_.count < 2 || number.size() != 2))
        return refused(ParseProblem::not_a_number);
    return result(interpret_noted(), {});
}

Parsed Reader::read_any(std::string_view tokens) noexcept {
    if (const ParseProblem problem = problem_of_look_alike(tokens); problem != ParseProblem::none)
        return refused(problem);
    std::array<char, longest_notation> storage;
    const std::string_view number = number_in(tokens, storage);
    const bool viable = is_viable(number);
    WithoutExtension split = viable ? split_extension(number) : WithoutExtension{number, {}, false};
    split.number = without_fraction(split.number);
    if ((split.by_list_separator && split.extension.view().size() > longest_listed_extension) ||
        has_other_ending(split.number) || is_enumerated(split.number))
        return refused(ParseProblem::two_numbers);
    if (has_letters(split.number)) return read_letters(split, viable);
    return viable ? result(interpret_tokens(split.number, false), split.extension)
                  : refused(ParseProblem::not_a_number);
}

/// Letters count only where they make a number of the plan, and the number without them is none; at the end
/// they are a label otherwise, if enough digits stand before them: `30123 Berlin` is a postcode. One or two
/// between digits may be digits mistyped: nobody knows which.
Parsed Reader::read_letters(const WithoutExtension& split, bool viable) noexcept {
    const std::string_view head = before_label(split.number);
    const bool word = ends_with_label_word(split.number);
    Parsed labelled = refused(ParseProblem::letters);
    bool whole = word || count_alpha(split.number) < fewest_key_letters;
    if (!head.empty() && is_viable(head)) {
        const WithoutExtension bare = split_extension(head);
        if (count_alpha(bare.number) == 0) {
            const Interpretation read = interpret_tokens(bare.number, false);
            labelled = result(read, bare.extension.empty() ? split.extension : bare.extension, true);
            whole = whole || count_digits(bare.number) >= fewest_digits;
            if (is_valid(read)) return whole ? labelled : refused(ParseProblem::letters);
        }
    }
    if (viable && has_carrier_place_only(split.number))
        return result(interpret_tokens(split.number, false), split.extension);
    if (viable && count_alpha(split.number) >= fewest_key_letters && !word) {
        const Interpretation read = interpret_tokens(split.number, true);
        if (is_valid(read)) return result(read, split.extension);
    }
    if (labelled && whole && match(plan_, labelled.number).possible()) return labelled;
    return refused(viable || labelled.label ? ParseProblem::letters : ParseProblem::not_a_number);
}

}  // namespace

Parsed parse(const Plan& plan, std::string_view text, std::optional<std::string_view> region) noexcept {
    Notation notation;
    const Notation::Reading reading = notation.read(text);
    if (reading == Notation::Reading::too_long) return {{}, ParseProblem::long_text, false, {}};
    if (reading == Notation::Reading::malformed) return {{}, ParseProblem::not_a_number, false, {}};
    const Home home = find_home(plan, region);
    Reader reader(plan, home);
    return reader.read(notation);
}

}  // namespace telephony::numbering
