// AdditiveQuestion: an admission to a product that needs the CALs of other products as well. All of
// them or none: what one product would write is written only when every other one admits too.
// Internal to admission.cpp.
#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "core/question.h"

namespace calm {

class AdditiveQuestion {
  public:
    // REQUIRES: the product has bases.
    AdditiveQuestion(const Ledger& ledger, const AdmissionRequest& request, Instant now,
                     ProductId product);

    Decision answer();

  private:
    // One of the products, the asked one last if it is among them.
    struct Part {
        ProductId product;
        Question question;
        std::optional<Decision> held;
        bool settled = false;
    };

    Decision all_or_none();
    void add_part(ProductId product);
    bool asks_for_none() const;
    std::optional<Decision> drop_host_licensed();
    bool covered_so_far(ProductId product) const;
    void take(Part& part, const Decision& decision);
    void add(const Decision& decision);
    void end_grace();
    void move_over_use();
    bool drop_moves_for(const Decision& decision);
    void take_suite();
    std::optional<Decision> take_lacking();
    std::optional<size_t> made_superfluous(const Decision& decision, size_t first) const;
    bool gives_no_more(const EntryBody& body, const Decision& decision) const;
    void take_held();
    Decision together();

    const Ledger& ledger_;
    const AdmissionRequest& request_;
    Instant now_;
    ProductId asked_;
    bool dropped_ = false;  // a part that the host's own license covers
    std::deque<Part> parts_;
    std::vector<EntryBody> entries_;  // so far
    std::optional<Decision> wrote_;   // the answer of the part that wrote last
    std::vector<Decision> moves_;     // of over-use CALs to seats
};

}  // namespace calm
