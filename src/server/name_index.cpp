// An arena of names and an open-addressing table of subjects over it.
#include "server/name_index.h"

#include <algorithm>
#include <cstring>

#include <sodium.h>
#include <unicode/normalizer2.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include "base/assert.h"

namespace calm {

Result<std::string> normalised_name(std::string_view name) {
    const auto bad = [](const char* why) { return fail("bad_name", why); };
    if (name.empty()) return bad("a name is empty");
    if (name.size() > 256) return bad("a name is longer than 256 bytes");
    bool ascii = true;
    for (int32_t i = 0; i < static_cast<int32_t>(name.size());) {
        UChar32 c = 0;
        U8_NEXT(name.data(), i, static_cast<int32_t>(name.size()), c);
        if (c < 0) return bad("a name is not UTF-8");
        if (c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029 || c == 0xFEFF) {
            return bad("a name has a control character");
        }
        ascii = ascii && c < 0x80;
    }
    if (name.front() == ' ' || name.back() == ' ') return bad("a name begins or ends with a space");
    if (ascii) return std::string(name);
    UErrorCode status = U_ZERO_ERROR;
    const auto* nfc = icu::Normalizer2::getNFCInstance(status);
    if (U_FAILURE(status)) return bad("a name cannot be normalised");
    const auto normal = nfc->normalize(
        icu::UnicodeString::fromUTF8({name.data(), static_cast<int32_t>(name.size())}), status);
    if (U_FAILURE(status)) return bad("a name cannot be normalised");
    std::string out;
    normal.toUTF8String(out);
    if (out.size() > 256) return bad("a name is longer than 256 bytes");
    return out;
}

NameIndex::NameIndex() {
    CALM_ASSERT(sodium_init() >= 0);
    randombytes_buf(key_.data(), key_.size());
}

uint64_t NameIndex::hash(HolderKind kind, std::string_view name) const {
    uint64_t out = 0;
    crypto_shorthash(reinterpret_cast<uint8_t*>(&out),
                     reinterpret_cast<const uint8_t*>(name.data()), name.size(), key_.data());
    return (out ^ static_cast<uint64_t>(kind)) * 0x9E3779B97F4A7C15U;
}

const char* NameIndex::at(uint32_t offset) const {
    const uint64_t byte = uint64_t{offset} * 4;
    return blocks_[byte >> kBlockBits].get() + (byte & (kBlock - 1));
}

// An arena record is: length - 1 (one byte), kind (one byte), the name.
std::string_view NameIndex::name(SubjectId subject) const {
    if (!subject || subject.value > offsets_.size()) return {};
    const uint32_t offset = offsets_[subject.value - 1];
    if (offset == kNone) return {};
    const char* record = at(offset);
    return {record + 2, static_cast<size_t>(static_cast<uint8_t>(record[0])) + 1};
}

size_t NameIndex::slot_of(HolderKind kind, std::string_view name) const {
    return slot_of(kind, name, hash(kind, name));
}

size_t NameIndex::slot_of(HolderKind kind, std::string_view name, uint64_t hashed) const {
    const auto tag = static_cast<uint8_t>(hashed >> 56);
    const size_t mask = slots_.size() - 1;
    size_t slot = (hashed >> 8) & mask;
    while (slots_[slot] != 0) {
        const uint32_t subject = slots_[slot];
        if (subject != kNone && tags_[slot] == tag) {
            const char* record = at(offsets_[subject - 1]);
            if (static_cast<HolderKind>(record[1]) == kind && this->name({subject}) == name) {
                return slot;
            }
        }
        slot = (slot + 1) & mask;
    }
    return slot;
}

SubjectId NameIndex::find(HolderKind kind, std::string_view name) const {
    if (slots_.empty() || name.empty()) return {};
    return {slots_[slot_of(kind, name)]};
}

void NameIndex::add(SubjectId subject, HolderKind kind, std::string_view name) {
    CALM_ASSERT(add_if_new(subject, kind, name));
}

bool NameIndex::add_if_new(SubjectId subject, HolderKind kind, std::string_view name) {
    CALM_ASSERT(subject.value > offsets_.size());
    offsets_.resize(subject.value, kNone);
    return place(subject, kind, name);
}

void NameIndex::restore(SubjectId subject, HolderKind kind, std::string_view name) {
    CALM_ASSERT(subject && subject.value <= offsets_.size() && this->name(subject).empty());
    CALM_ASSERT(place(subject, kind, name));
}

// False: the name is borne already.
bool NameIndex::place(SubjectId subject, HolderKind kind, std::string_view name) {
    CALM_ASSERT(!name.empty() && name.size() <= 256);
    if ((filled_ + 1) * 10 > slots_.size() * 7) {
        rehash(std::max<size_t>(1024, slots_.size() * 2));
    }
    const uint64_t hashed = hash(kind, name);
    const size_t slot = slot_of(kind, name, hashed);
    if (slots_[slot] != 0) return false;
    const size_t size = (name.size() + 2 + 3) / 4 * 4;
    if ((used_ & (kBlock - 1)) + size > kBlock) used_ = (used_ + kBlock - 1) & ~(kBlock - 1);
    if (used_ >> kBlockBits == blocks_.size()) blocks_.push_back(std::make_unique<char[]>(kBlock));
    char* record = blocks_[used_ >> kBlockBits].get() + (used_ & (kBlock - 1));
    record[0] = static_cast<char>(name.size() - 1);
    record[1] = static_cast<char>(kind);
    std::memcpy(record + 2, name.data(), name.size());
    offsets_[subject.value - 1] = static_cast<uint32_t>(used_ / 4);
    slots_[slot] = subject.value;
    tags_[slot] = static_cast<uint8_t>(hashed >> 56);
    ++filled_;
    used_ += size;
    return true;
}

void NameIndex::reserve(size_t subjects) {
    size_t capacity = 1024;
    while (subjects * 10 > capacity * 7)
        capacity *= 2;
    if (capacity > slots_.size()) rehash(capacity);
    offsets_.reserve(subjects);
}

void NameIndex::rehash(size_t capacity) {
    slots_.assign(capacity, 0);
    tags_.assign(capacity, 0);
    filled_ = 0;
    for (uint32_t i = 0; i < offsets_.size(); ++i) {
        if (offsets_[i] == kNone) continue;
        const char* record = at(offsets_[i]);
        const uint64_t hashed = hash(static_cast<HolderKind>(record[1]), name({i + 1}));
        size_t slot = (hashed >> 8) & (capacity - 1);
        while (slots_[slot] != 0)
            slot = (slot + 1) & (capacity - 1);
        slots_[slot] = i + 1;
        tags_[slot] = static_cast<uint8_t>(hashed >> 56);
        ++filled_;
    }
}

void NameIndex::erase(SubjectId subject) {
    const std::string_view known = name(subject);
    if (known.empty()) return;
    char* record = const_cast<char*>(known.data()) - 2;
    slots_[slot_of(static_cast<HolderKind>(record[1]), known)] = kNone;
    // The name is forgotten, not only unlinked.
    sodium_memzero(record + 2, known.size());
    offsets_[subject.value - 1] = kNone;
}

void NameIndex::shrink(uint32_t count) {
    while (offsets_.size() > count) {
        const SubjectId last{static_cast<uint32_t>(offsets_.size())};
        erase(last);
        offsets_.pop_back();
    }
}

size_t NameIndex::bytes() const {
    return blocks_.size() * kBlock + offsets_.capacity() * 4 + slots_.capacity() * 4 +
           tags_.capacity();
}

}  // namespace calm
