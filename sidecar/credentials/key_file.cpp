// A problem with one file is the problem of all.
#include "credentials/key_file.hpp"

#include "base/private_file.hpp"

namespace telephony::sidecar {

KeyFiles read_key_files(const std::vector<std::string>& paths) {
    KeyFiles result;
    for (const std::string& path : paths) {
        const PrivateFile file = read_private_file(path, "key file");
        if (file.code != ExitCode::ok) return {{}, file.code, file.problem};
        credential::SecretKey key;
        const credential::KeyFileProblem problem = credential::read_secret_key(file.content.reveal(), key);
        if (problem != credential::KeyFileProblem::none)
            return {{},
                    ExitCode::configuration,
                    "key file " + path + ": " + std::string(credential::describe(problem))};
        result.keys.push_back(std::move(key));
    }
    return result;
}

}  // namespace telephony::sidecar
