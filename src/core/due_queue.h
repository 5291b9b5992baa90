// DueQueue: which CALs of one pool end first. It is an index, not part of the state: entries may be
// stale (the CAL was renewed since), and a look-up skips them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "core/terms.h"

namespace calm {

class DueQueue {
  public:
    struct Item {
        uint32_t at = 0;  // when the CAL ends, seconds since 1970
        CalId cal;
    };

    // `holds(item)` says whether the item still tells the truth; stale ones at the front are
    // dropped.
    template <class Holds>
    void push(Item item, Holds holds) {
        while (!heap_.empty() && !holds(heap_.front())) {
            std::ranges::pop_heap(heap_, later);
            heap_.pop_back();
        }
        heap_.push_back(item);
        std::ranges::push_heap(heap_, later);
    }

    // For loading a snapshot: add() every item, then build() once.
    void add(Item item) { heap_.push_back(item); }
    void build() { std::ranges::make_heap(heap_, later); }

    // Calls `found(item)` for items with at <= now that hold, in no order, until it returns false.
    // Looks only at items that are due: the heap's order cuts off the rest.
    template <class Holds, class Found>
    void each_due(uint32_t now, Holds holds, Found found) const {
        visit(0, now, holds, found);
    }

    size_t size() const { return heap_.size(); }

  private:
    static bool later(const Item& a, const Item& b) {
        return a.at != b.at ? a.at > b.at : a.cal > b.cal;
    }

    // Depth is the heap's height, at most 32.
    template <class Holds, class Found>
    bool visit(size_t i, uint32_t now, Holds& holds, Found& found) const {
        if (i >= heap_.size() || heap_[i].at > now) return true;
        if (holds(heap_[i]) && !found(heap_[i])) return false;
        return visit(2 * i + 1, now, holds, found) && visit(2 * i + 2, now, holds, found);
    }

    std::vector<Item> heap_;
};

}  // namespace calm
