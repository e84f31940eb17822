// The step of Pike's machine that reads no digit.
#pragma once

#include <cstdint>
#include <vector>

#include "program.hpp"

namespace telephony::numbering::compiler {

/// Follows `thread` through the instructions that read no digit, and adds to `into`, most preferred first,
/// where it waits for one. `opened` and `closed` are told of the groups, `matched` of a match; where that
/// returns true, what comes after it is less preferred, and the result is false. `seen` has an entry for each
/// instruction.
template <class Thread, class Opened, class Closed, class Matched>
bool follow_empty(const Program& program, Thread thread, bool at_end, std::vector<Thread>& into,
                  std::vector<bool>& seen, Opened opened, Closed closed, Matched matched) {
    std::vector<Thread> pending{thread};
    while (!pending.empty()) {
        Thread current = pending.back();
        pending.pop_back();
        if (seen[current.position]) continue;
        seen[current.position] = true;
        const Instruction& instruction = program[current.position];
        switch (instruction.op) {
            case Instruction::Op::digit:
                into.push_back(current);
                break;
            case Instruction::Op::end:
                if (at_end) {
                    ++current.position;
                    pending.push_back(current);
                } else {
                    into.push_back(current);
                }
                break;
            case Instruction::Op::branch: {
                Thread second = current;
                second.position = instruction.target;
                ++current.position;
                pending.push_back(second);
                pending.push_back(current);
                break;
            }
            case Instruction::Op::jump:
                current.position = instruction.target;
                pending.push_back(current);
                break;
            case Instruction::Op::open:
                opened(current, instruction.target);
                ++current.position;
                pending.push_back(current);
                break;
            case Instruction::Op::close:
                closed(current, instruction.target);
                ++current.position;
                pending.push_back(current);
                break;
            case Instruction::Op::match:
            case Instruction::Op::match_any: {
                const bool last = matched(current);
                into.push_back(current);
                if (last) return false;
                break;
            }
        }
    }
    return true;
}

}  // namespace telephony::numbering::compiler
