// The witnesses of these tests, the list, and a run that tells what it found.
#pragma once

#include <string>
#include <vector>

#include "tools/diff/decode/decode_run.h"

namespace duet::diff::test {

std::vector<KnownDecode> builtinList();
MakeWitnesses witnesses(std::vector<std::string> names);
// Empty: the host's processor can be asked. Else why not.
std::string whyNoHost();

DecodeSummary run(const ByteSource& source, const MakeWitnesses& make, DecodeOptions options);
std::string told(const DecodeSummary& summary);

}  // namespace duet::diff::test
