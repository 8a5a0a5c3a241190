#pragma once

namespace duet::ui {
inline constexpr const char* kVersion = "0.1.0";
}
