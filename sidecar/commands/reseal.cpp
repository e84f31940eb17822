// Row by row; a write takes effect only if the row is still the one that was read.
#include "commands/reseal.hpp"

#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "commands/context.hpp"
#include "credentials/sealed.hpp"
#include "credentials/secrets.hpp"

namespace telephony::sidecar {
namespace {

// Credentials that are handed in while the server still seals to the old key are included in the next round.
// A server that goes on doing so is not configured for the new key.
constexpr int most_rounds = 5;

struct Resealing {
    Resealing(const CommandLine& line, Secrets secrets)
        : keys(std::move(secrets.keys)), context(line, {{}, std::nullopt}) {}

    const std::vector<credential::SecretKey> keys;
    CommandContext context;
    std::size_t total = 0;
    std::size_t resealed = 0;
    std::size_t waiting = 0;                  ///< of the last round: still in a box of another key
    std::map<std::string, std::string> left;  ///< organization: why its box could not be opened
    ExitCode code = ExitCode::ok;

    void fail(const std::string& message, CallOutcome outcome) {
        std::fprintf(stderr, "telephonyd: database: %s\n", message.c_str());
        code = outcome == CallOutcome::sql_error ? ExitCode::configuration : ExitCode::unavailable;
    }
};

Task<void> reseal_row(Resealing& r, const SealedCredentials& row) {
    BoxRefusal refusal;
    const auto credential = unseal_credentials(row, r.keys, refusal);
    if (!credential) {
        r.left[row.org_id] = refusal.reason;
        co_return;
    }
    const credential::Box box = credential::seal(*credential, r.keys.front().public_key);
    const CallLimits limits = r.context.limits();
    const ContractAnswer<bool> written =
        co_await r.context.contract.reseal_credential(row, r.keys.front().id, box, limits);
    if (written.outcome != CallOutcome::ok)
        r.fail(written.message, written.outcome);
    else if (written.value)
        ++r.resealed;
    else
        ++r.waiting;  // replaced meanwhile, by credentials sealed for whichever key
}

Task<void> reseal_round(Resealing& r) {
    const CallLimits limits = r.context.limits();
    const ContractAnswer<std::vector<SealedCredentials>> rows =
        co_await r.context.contract.list_credentials(limits);
    if (rows.outcome != CallOutcome::ok) {
        r.fail(rows.message, rows.outcome);
        co_return;
    }
    r.total = rows.value.size();
    r.waiting = 0;
    r.left.clear();
    const std::size_t before = r.resealed;
    for (const SealedCredentials& row : rows.value) {
        if (row.key_id == r.keys.front().id) continue;
        co_await reseal_row(r, row);
        if (r.code != ExitCode::ok) co_return;
    }
    r.waiting += r.resealed - before;  // looked at once more: they may have been replaced since
}

void print_result(const Resealing& r) {
    for (const auto& [org, reason] : r.left)
        std::fprintf(stderr, "telephonyd: organization %s: %s\n", org.c_str(), reason.c_str());
    if (!r.context.arguments.json) {
        std::printf("%zu credentials: %zu sealed anew for key %s, %zu could not be opened\n", r.total,
                    r.resealed, r.keys.front().id.c_str(), r.left.size());
        return;
    }
    nlohmann::ordered_json result;
    result["key_id"] = r.keys.front().id;
    result["credentials"] = r.total;
    result["resealed"] = r.resealed;
    result["unopened"] = nlohmann::ordered_json::array();
    for (const auto& [org, reason] : r.left)
        result["unopened"].push_back({{"org_id", org}, {"reason", reason}});
    std::printf("%s\n", result.dump(2).c_str());
}

Task<void> reseal_all(Resealing& r) {
    const CommandContext::Outcome connected = co_await r.context.connect();
    if (connected.code != ExitCode::ok) {
        std::fprintf(stderr, "telephonyd: database: %s\n", connected.problem.c_str());
        r.code = connected.code;
        co_return;
    }
    r.waiting = 1;
    for (int round = 0; round < most_rounds && r.waiting > 0 && r.code == ExitCode::ok; ++round)
        co_await reseal_round(r);
    if (r.code != ExitCode::ok) co_return;
    print_result(r);
    if (!r.left.empty() || r.waiting > 0) r.code = ExitCode::differences;
    if (r.waiting > 0)
        std::fprintf(stderr,
                     "telephonyd: credentials sealed for an older key keep coming in: does "
                     "telephony.sidecar_public_key_file name the new one?\n");
}

}  // namespace

ExitCode reseal(const CommandLine& command_line, Secrets secrets) {
    Resealing r(command_line, std::move(secrets));
    r.context.loop.run_until_done(reseal_all(r));
    return r.code;
}

}  // namespace telephony::sidecar
