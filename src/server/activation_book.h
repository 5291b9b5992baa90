// ActivationBook: the requests that this server has made of clearinghouses and that have not been
// answered. An answer counts once, and only to the question that it answers. Loop thread.
#pragma once

#include <map>
#include <vector>

#include "base/instant.h"
#include "core/entry.h"
#include "documents/activation.h"
#include "store/journal.h"

namespace calm {

struct OpenRequest {
    ActivationNonce nonce{};
    KeyBytes vendor{};
    ActivationPurpose purpose = ActivationPurpose::activate;
    Instant at;

    bool operator==(const OpenRequest&) const = default;
};

// An answer that comes after that is no answer any more.
inline constexpr int64_t kRequestDays = 90;
inline constexpr size_t kOpenRequestsMax = 100;

class ActivationBook {
  public:
    // Errors: those of the reader, `database_damaged` when a record does not read.
    static Result<ActivationBook> read(store::JournalReader& reader);

    // Null: nobody asked with it, or too long ago.
    const OpenRequest* find(const ActivationNonce& nonce, Instant now) const;
    // Those of the vendor that can still be answered, the newest first.
    std::vector<OpenRequest> open(const KeyBytes& vendor, Instant now) const;

    void put(const OpenRequest& request);
    void erase(const ActivationNonce& nonce) { requests_.erase(nonce); }

    // The records that keep a request, and that go when one more is made: those that are too old,
    // and the oldest of too many.
    static store::Record record_of(const OpenRequest& request);
    static store::RecordKey key_of(const ActivationNonce& nonce);
    std::vector<ActivationNonce> outworn(Instant now) const;

  private:
    std::map<ActivationNonce, OpenRequest> requests_;
};

}  // namespace calm
