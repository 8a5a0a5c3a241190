// Every row leads to a handler.
#include <gtest/gtest.h>

#include <string_view>
#include <vector>

#include "cpu-tcg/interp/handlers/table_parts.h"
#include "cpu-tcg/isa/decoder.h"

namespace duet::tcg {
namespace {

TEST(HandlerTable, HasOnePickerARowInTheSameOrder) {
  std::vector<std::string_view> sems;
  for (const auto part : {interp::oneBytePickers(), interp::multiBytePickers(), interp::vectorPickers()})
    for (const interp::RowPicker& p : part) sems.push_back(p.sem);
  ASSERT_EQ(sems.size(), isa::allRows().size());
  for (const isa::Row& row : isa::allRows()) ASSERT_EQ(sems[row.index], row.semName) << row.encoding;
}

// A decoded instruction of each row, with register and memory operands and each operand size.
TEST(HandlerTable, EveryRowPicksAHandlerInEverySize) {
  for (const isa::Row& row : isa::allRows()) {
    for (u8 size : std::initializer_list<u8>{1, 2, 4, 8}) {
      if (row.has(isa::kAttrByte) != (size == 1)) continue;
      for (isa::OperandKind kind :
           {isa::OperandKind::Gpr, isa::OperandKind::Memory, isa::OperandKind::None}) {
        isa::Insn insn;
        insn.row = &row;
        insn.opSize = size;
        insn.addrSize = 8;
        insn.op[0] = insn.op[1] = {kind, 0, size};
        const bool native = std::string_view(row.semName) == "Native";
        EXPECT_EQ(interp::handlerFor(insn) == nullptr, native)
            << row.encoding << " " << row.mnemonic << " size " << unsigned{size};
      }
    }
  }
}

}  // namespace
}  // namespace duet::tcg
