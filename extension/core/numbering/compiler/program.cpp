// Pattern trees to programs, and the subset construction over programs.
#include "program.hpp"

#include <algorithm>
#include <utility>

namespace telephony::numbering::compiler {

namespace {

// The largest calling code needs about 20,000; hostile input stops here.
constexpr std::size_t longest_program = 1'000'000;

using Op = Instruction::Op;

void append(Program& program, Instruction instruction) {
    if (program.size() == longest_program) throw PlanError("patterns too large");
    program.push_back(instruction);
}

std::uint32_t here(const Program& program) {
    return static_cast<std::uint32_t>(program.size());
}

void append(Program& program, const Pattern& pattern);

void append_alternatives(Program& program, const std::vector<Pattern>& parts) {
    std::vector<std::uint32_t> exits;
    for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
        const std::uint32_t fork = here(program);
        append(program, {.op = Op::branch});
        append(program, parts[i]);
        exits.push_back(here(program));
        append(program, {.op = Op::jump});
        program[fork].target = here(program);
    }
    append(program, parts.back());
    for (const std::uint32_t exit : exits) program[exit].target = here(program);
}

void append_repeat(Program& program, const Pattern& pattern) {
    for (int i = 0; i < pattern.min; ++i) append(program, pattern.parts.front());
    std::vector<std::uint32_t> forks;
    for (int i = pattern.min; i < pattern.max; ++i) {
        forks.push_back(here(program));
        append(program, {.op = Op::branch});
        append(program, pattern.parts.front());
    }
    for (const std::uint32_t fork : forks) program[fork].target = here(program);
}

void append(Program& program, const Pattern& pattern) {
    const auto group = static_cast<std::uint32_t>(pattern.group);
    switch (pattern.kind) {
        case Pattern::Kind::digits:
            append(program, {.op = Op::digit, .digits = pattern.digits});
            break;
        case Pattern::Kind::sequence:
            for (const Pattern& part : pattern.parts) append(program, part);
            break;
        case Pattern::Kind::alternatives:
            append_alternatives(program, pattern.parts);
            break;
        case Pattern::Kind::repeat:
            append_repeat(program, pattern);
            break;
        case Pattern::Kind::group:
            append(program, {.op = Op::open, .target = group});
            append(program, pattern.parts.front());
            append(program, {.op = Op::close, .target = group});
            break;
        case Pattern::Kind::end:
            append(program, {.op = Op::end});
            break;
    }
}

}  // namespace

std::uint32_t append_pattern(Program& program, const Pattern& pattern, Op final_op, std::uint32_t tag) {
    const std::uint32_t start = here(program);
    append(program, pattern);
    append(program, {.op = final_op, .target = tag});
    return start;
}

std::uint32_t PatternSet::add(const Pattern& pattern, Op final_op) {
    const auto tag = static_cast<std::uint32_t>(starts_.size());
    const std::uint32_t start = append_pattern(program_, pattern, final_op, tag);
    if (std::any_of(program_.begin() + start, program_.end(),
                    [](const Instruction& i) { return i.op == Op::end; }))
        throw PlanError("a $ in a pattern that must match the whole number anyway");
    starts_.push_back(start);
    return tag;
}

PatternSet::State PatternSet::start() {
    Positions positions;
    seen_in_round_.resize(program_.size());
    ++round_;
    for (const std::uint32_t start : starts_) follow(start, positions);
    return intern(std::move(positions));
}

PatternSet::State PatternSet::step(State state, int digit) {
    const auto d = static_cast<std::size_t>(digit);
    if (nodes_[state].next[d] == unknown) {
        Positions positions;
        ++round_;
        for (const std::uint32_t position : *positions_[state]) {
            const Instruction& instruction = program_[position];
            if (instruction.op == Op::match_any) follow(position, positions);
            if (instruction.op == Op::digit && (instruction.digits >> digit & 1) != 0)
                follow(position + 1, positions);
        }
        const State next = intern(std::move(positions));
        nodes_[state].next[d] = next;
    }
    return nodes_[state].next[d];
}

bool PatternSet::matches(State state, std::uint32_t tag) const {
    return std::ranges::binary_search(nodes_[state].matched, tag);
}

void PatternSet::follow(std::uint32_t position, Positions& into) {
    pending_.assign(1, position);
    while (!pending_.empty()) {
        const std::uint32_t at = pending_.back();
        pending_.pop_back();
        if (std::exchange(seen_in_round_[at], round_) == round_) continue;
        const Instruction& instruction = program_[at];
        switch (instruction.op) {
            case Op::digit:
            case Op::match:
            case Op::match_any:
                into.push_back(at);
                break;
            case Op::branch:
                pending_.push_back(at + 1);
                pending_.push_back(instruction.target);
                break;
            case Op::jump:
                pending_.push_back(instruction.target);
                break;
            case Op::open:
            case Op::close:
                pending_.push_back(at + 1);
                break;
            case Op::end:  // add() refuses it
                break;
        }
    }
}

PatternSet::State PatternSet::intern(Positions positions) {
    std::ranges::sort(positions);
    const auto [entry, is_new] = states_.try_emplace(std::move(positions), static_cast<State>(nodes_.size()));
    if (is_new) {
        Node node;
        node.next.fill(unknown);
        for (const std::uint32_t position : entry->first)
            if (program_[position].op != Op::digit) node.matched.push_back(program_[position].target);
        std::ranges::sort(node.matched);
        nodes_.push_back(std::move(node));
        positions_.push_back(&entry->first);
    }
    return entry->second;
}

}  // namespace telephony::numbering::compiler
