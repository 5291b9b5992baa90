// Concurrent seats: what is sold by how many are connected at once, on any host (`concurrent`) or
// on the one that the pack was given to (`per_server`, as the License Logging Service counted;
// facts rd-licensing 12). A seat is a CAL on a lease: it is spent while its holder is connected,
// and it ends by itself when the host says nothing for the product's `lease_minutes`. A holder
// takes one seat, however many hosts it is connected to. What is here is not an admission: the end
// of a session, the line of those who wait, and what an administrator says. Pure, like verbs.h.
#pragma once

#include <optional>
#include <vector>

#include "core/verbs.h"

namespace calm {

// A host that has sessions on a concurrent seat asks again from this moment on, which moves the
// seat's end; before, its question changes nothing. One that is borrowed may be given back, so it
// is asked for just as often. Empty: the CAL is none, or not in use there. `asked`: the product
// that was asked for, whose rules say how long the seat is kept.
std::optional<Instant> ask_again_at(const Ledger& ledger, CalId cal, HostId host, ProductId asked,
                                    Instant now);

// A holder's last session of a product at a host ended.
struct SessionOver {
    HostId host;
    ProductId product;
    SubjectId user;       // zero: nobody that is known
    SubjectId device;     // the same
    SubjectId station{};  // where it was, which then stands for both; zero: at none
};

// What the end of a session frees: concurrent seats that no other host uses, at once or after the
// product's `linger_minutes`. Of other CALs it changes nothing. Errors: `product_unknown`.
Result<Entries> decide_session_end(const Ledger& ledger, const SessionOver& over, Instant now);

// The holder of a concurrent seat takes it away: until then it is in use, whether or not anybody is
// connected, and its token admits without a license server. It ends with its pack at the latest,
// and goes back to the usual way by being given back (decide_release). Errors: `cal_unknown`,
// `cal_not_live`, `borrow_needs_seat` (no seat that counts everywhere, or a station's),
// `borrow_not_allowed`, `bad_borrow_end` (not later than it is held anyway), `borrow_too_long`.
Result<Entries> decide_borrowing(const Ledger& ledger, CalId cal, Instant until, Instant now);

// Gives a per-server pack to a host, or to none (zero). CALs whose time is over are written so
// first. Errors: `pack_unknown`, `host_unknown`, `pack_not_per_server`, `pack_in_use`.
Result<Entries> decide_assignment(const Ledger& ledger, PackId pack, HostId host, Instant now);

// Those who come before it in its line: who waits for a seat of the same kind and family. Null: all
// of them.
uint32_t count_ahead(const Ledger& ledger, const Waiting* waiting, PackKind kind, ProductId product,
                     Instant now);

// One of the line, and its place in it.
struct InLine {
    Waiting waiting;
    uint32_t place = 0;  // 1: the next
};
// All that wait now, those first who came first.
std::vector<InLine> line_of(const Ledger& ledger, Instant now);

// The entry that says that it waits no more.
entry::QueueLeft left_line(const Ledger& ledger, const Waiting& waiting);

}  // namespace calm
