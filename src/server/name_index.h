// NameIndex: which subject bears a name. Names live in erasable records; this index over them is
// built at start and kept in memory, packed, because ten million of them are. Loop thread.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/terms.h"

namespace calm {

// The one spelling under which a name is known: Unicode NFC. Letter case is kept and counts, as it
// does for accounts on Linux. Errors: `bad_name` (empty, over 256 bytes, not UTF-8, control
// characters, or white space at an end).
Result<std::string> normalised_name(std::string_view name);

class NameIndex {
  public:
    NameIndex();

    // Zero: nobody of this kind bears it. `name` is normalised.
    SubjectId find(HolderKind kind, std::string_view name) const;

    // Empty: erased, or never added.
    std::string_view name(SubjectId subject) const;

    // REQUIRES: `subject` follows the last one added, or leaves a gap of erased subjects; the name
    // is new for its kind, normalised and at most 256 bytes.
    void add(SubjectId subject, HolderKind kind, std::string_view name);
    // The same for a name that may be borne already; then nothing is added and it gives false.
    bool add_if_new(SubjectId subject, HolderKind kind, std::string_view name);

    // Makes room for so many subjects at once, instead of hashing all names again at each doubling.
    void reserve(size_t subjects);

    // Forgets subjects from `count` + 1 on (their entries were undone).
    void shrink(uint32_t count);

    void erase(SubjectId subject);
    // Undoes erase(). REQUIRES: nobody of this kind bears the name now.
    void restore(SubjectId subject, HolderKind kind, std::string_view name);

    uint32_t size() const { return static_cast<uint32_t>(offsets_.size()); }
    // Bytes held, for `calm_memory_bytes`.
    size_t bytes() const;

  private:
    static constexpr uint32_t kNone = 0xFFFF'FFFF;
    static constexpr size_t kBlockBits = 20;
    static constexpr size_t kBlock = size_t{1} << kBlockBits;

    uint64_t hash(HolderKind kind, std::string_view name) const;
    size_t slot_of(HolderKind kind, std::string_view name) const;
    size_t slot_of(HolderKind kind, std::string_view name, uint64_t hashed) const;
    void rehash(size_t capacity);
    bool place(SubjectId subject, HolderKind kind, std::string_view name);
    const char* at(uint32_t offset) const;

    std::array<uint8_t, 16> key_{};  // of the keyed hash: outsiders choose names
    std::vector<std::unique_ptr<char[]>> blocks_;
    uint64_t used_ = 0;              // bytes of the arena
    std::vector<uint32_t> offsets_;  // by subject: in units of 4 bytes; kNone: erased
    std::vector<uint32_t> slots_;    // subjects; 0: free, kNone: gone
    std::vector<uint8_t> tags_;      // 8 bits of the hash beside each slot
    size_t filled_ = 0;
};

}  // namespace calm
