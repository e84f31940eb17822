// Pike's machine, one step a digit.
#include "capture_pattern.hpp"

#include "follow_empty.hpp"

namespace telephony::numbering::compiler {

using Op = Instruction::Op;

CapturePattern::CapturePattern(const Pattern& pattern, Mode mode) : mode_(mode) {
    if (group_count(pattern) > static_cast<int>(Match::most_groups))
        throw PlanError("a pattern of too many groups");
    append_pattern(program_, pattern, Op::match, 0);
}

bool CapturePattern::is_match(const Thread& thread) const {
    return program_[thread.position].op == Op::match;
}

bool CapturePattern::follow(Thread thread, int digits_read, bool at_end, State& into,
                            std::vector<bool>& seen) const {
    const auto here = static_cast<std::uint8_t>(digits_read);
    return follow_empty(
        program_, thread, at_end, into, seen,
        [here](Thread& current, std::uint32_t group) {
            current.match.groups[group] = {here, here};
        },
        [here](Thread& current, std::uint32_t group) { current.match.groups[group].end = here; },
        [here, this](Thread& current) {
            current.match.end = here;
            return mode_ == Mode::beginning;
        });
}

CapturePattern::State CapturePattern::start() const {
    State state;
    std::vector<bool> seen(program_.size());
    follow({}, 0, false, state, seen);
    return state;
}

CapturePattern::State CapturePattern::step(const State& state, int digit, int digits_read) const {
    State next;
    std::vector<bool> seen(program_.size());
    for (const Thread& thread : state) {
        const Instruction& instruction = program_[thread.position];
        if (instruction.op != Op::digit || (instruction.digits >> digit & 1) == 0) continue;
        Thread taken = thread;
        ++taken.position;
        if (!follow(taken, digits_read + 1, false, next, seen)) break;
    }
    return next;
}

std::optional<Match> CapturePattern::match(const State& state, int digits_read, bool at_end) const {
    for (const Thread& thread : state) {
        if (is_match(thread)) return thread.match;
        if (!at_end || program_[thread.position].op != Op::end) continue;
        State ended;
        std::vector<bool> seen(program_.size());
        follow(thread, digits_read, true, ended, seen);
        for (const Thread& last : ended)
            if (is_match(last)) return last.match;
    }
    return std::nullopt;
}

void CapturePattern::append_key(const State& state, std::vector<std::uint32_t>& key) {
    for (const Thread& thread : state) {
        key.push_back(thread.position);
        for (std::size_t i = 1; i < thread.match.groups.size(); i += 2) {
            const Match::Group& first = thread.match.groups[i];
            const Match::Group& second = thread.match.groups[i + 1 < thread.match.groups.size() ? i + 1 : 0];
            key.push_back(static_cast<std::uint32_t>(first.begin << 24 | first.end << 16 | second.begin << 8 |
                                                     second.end));
        }
        key.push_back(thread.match.end);
    }
    key.push_back(0xFFFFFFFF);
}

}  // namespace telephony::numbering::compiler
