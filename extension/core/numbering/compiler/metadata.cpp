// The order of the regions that share a calling code.
#include "metadata.hpp"

namespace telephony::numbering::compiler {

void Metadata::add(RegionMetadata region, bool main) {
    std::vector<RegionMetadata>& regions = calling_codes[region.calling_code];
    regions.insert(main ? regions.begin() : regions.end(), std::move(region));
}

}  // namespace telephony::numbering::compiler
