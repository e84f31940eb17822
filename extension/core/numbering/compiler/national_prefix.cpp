// The national prefix rule, run as an ordered list of threads (leftmost-first, as the engines behind
// libphonenumber match).
#include "national_prefix.hpp"

#include <algorithm>

#include "follow_empty.hpp"

namespace telephony::numbering::compiler {

using Op = Instruction::Op;

NationalPrefixRule::NationalPrefixRule(const RegionMetadata& region)
    : possible_(region.general.lengths),
      name_(region.region + " (calling code " + std::to_string(region.calling_code) + ")") {
    if (!region.general.pattern.empty()) general_.add(parse_pattern(region.general.pattern));
    general_start_ = general_.start();
    if (region.national_prefix_for_parsing.empty()) return;
    empty_rule_ = false;
    const Pattern pattern = parse_pattern(region.national_prefix_for_parsing);
    append_pattern(program_, pattern, Op::match, 0);
    if (region.national_prefix_transform_rule.empty()) return;
    // libphonenumber asks group 2 whether to transform, or group 1 where it is the only one.
    const int groups = group_count(pattern);
    if (groups < 1 || groups > 2) throw PlanError(name_ + ": a transform rule needs one or two groups");
    deciding_group_ = static_cast<std::uint32_t>(groups);
    read_transform_rule(region.national_prefix_transform_rule);
}

void NationalPrefixRule::read_transform_rule(const std::string& rule) {
    int last_group = 0;
    for (std::size_t i = 0; i < rule.size(); ++i) {
        const bool is_group = rule[i] == '$';
        if (is_group) ++i;
        if (i == rule.size() || rule[i] < '0' || rule[i] > '9')
            throw PlanError(name_ + ": transform rule " + rule + " is not made of digits and groups");
        const int value = rule[i] - '0';
        if (is_group && (value <= last_group || value > static_cast<int>(deciding_group_)))
            throw PlanError(name_ + ": transform rule " + rule +
                            " does not name its groups once and in order");
        if (is_group) last_group = value;
        template_.push_back({is_group, value});
    }
}

void NationalPrefixRule::put(Thread& thread, int digit) {
    thread.general = general_.step(thread.general, digit);
    ++thread.length;
}

void NationalPrefixRule::put_literals(Thread& thread) {
    for (; thread.template_at < template_.size() && !template_[thread.template_at].is_group;
         ++thread.template_at) {
        put(thread, template_[thread.template_at].value);
        thread.same = false;
    }
}

void NationalPrefixRule::finish(Thread& thread, int digits_read) {
    thread.position = done;
    if (thread.captured) {
        for (put_literals(thread); thread.template_at < template_.size(); put_literals(thread))
            ++thread.template_at;
        if (!thread.same && static_cast<int>(thread.length) == digits_read)
            throw PlanError(name_ + ": a transform rule that moves digits but keeps their number");
    } else {
        thread.length = 0;
        thread.general = general_start_;
        thread.same = digits_read == 0;
    }
    // What led here no longer matters; equal futures shall be equal states.
    thread.template_at = 0;
    thread.open_group = 0;
    thread.captured = false;
}

bool NationalPrefixRule::follow(const Thread& thread, int digits_read, bool at_end, State& into,
                                std::vector<bool>& seen) {
    return follow_empty(
        program_, thread, at_end, into, seen,
        [](Thread& current, std::uint32_t group) { current.open_group = group; },
        [](Thread& current, std::uint32_t) { current.open_group = 0; },
        [digits_read, this](Thread& current) {
            finish(current, digits_read);
            return true;
        });
}

NationalPrefixRule::State NationalPrefixRule::start() {
    State state;
    if (empty_rule_) return state;
    std::vector<bool> seen(program_.size());
    Thread first;
    first.general = general_start_;
    put_literals(first);
    follow(first, 0, false, state, seen);
    return state;
}

NationalPrefixRule::State NationalPrefixRule::step(const State& state, int digit, int digits_read) {
    State next;
    std::vector<bool> seen(program_.size());
    for (Thread thread : state) {
        if (thread.position == done) {
            put(thread, digit);
            next.push_back(thread);
            break;
        }
        const Instruction& instruction = program_[thread.position];
        if (instruction.op != Op::digit || (instruction.digits >> digit & 1) == 0) continue;
        bool written = false;
        if (thread.open_group != 0) {
            // Groups come in order: those the template waits for and that lie before this one hold nothing.
            const int group = static_cast<int>(thread.open_group);
            while (thread.template_at < template_.size() && template_[thread.template_at].is_group &&
                   template_[thread.template_at].value < group) {
                ++thread.template_at;
                put_literals(thread);
            }
            if (thread.template_at < template_.size() && template_[thread.template_at].value == group) {
                put(thread, digit);
                written = true;
            }
            if (thread.open_group == deciding_group_) thread.captured = true;
        }
        thread.same = thread.same && written;
        ++thread.position;
        if (!follow(thread, digits_read + 1, false, next, seen)) break;
    }
    return next;
}

bool NationalPrefixRule::keeps(const State& state, int digits_read, bool matches_general) {
    const auto verdict = [&](const Thread& match) {
        if (match.same) return true;
        if (matches_general && !general_.matches(match.general, 0)) return true;
        const int length = static_cast<int>(match.length);
        // TOO_SHORT, IS_POSSIBLE_LOCAL_ONLY and INVALID_LENGTH undo the stripping.
        return possible_.empty() || (!possible_.contains(length) && length <= possible_.longest());
    };
    for (const Thread& thread : state) {
        if (thread.position == done) return verdict(thread);
        if (program_[thread.position].op != Op::end) continue;
        State at_end;
        std::vector<bool> seen(program_.size());
        if (!follow(thread, digits_read, true, at_end, seen)) return verdict(at_end.back());
    }
    return true;
}

void NationalPrefixRule::append_key(const State& state, std::vector<std::uint32_t>& key) {
    for (const Thread& thread : state)
        key.insert(key.end(), {thread.position, thread.open_group, thread.template_at,
                               static_cast<std::uint32_t>(thread.captured) << 1 | thread.same, thread.length,
                               thread.general});
}

}  // namespace telephony::numbering::compiler
