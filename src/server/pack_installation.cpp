#include "server/pack_installation.h"

#include "core/vendor_word.h"
#include "documents/key_pack.h"
#include "server/pack_preview.h"

namespace calm {

Result<PackToInstall> pack_to_install(Api& api, const BroughtPack& brought) {
    CALM_TRY_ASSIGN(const KeyPackDocument pack, admissible_pack(api, brought.text));
    PackToInstall out{.terms = terms_of(pack)};
    CALM_TRY_ASSIGN(out.document, key_pack_document(brought.text));
    if (pack.defines_product && !api.server.ledger().find_product(pack.product.code)) {
        api.server.change(decide_product(api.server.ledger(), pack.product), {},
                          [](const Result<Committed>&) {});
    }
    out.terms.moved_from = brought.origin;
    const PackId renewed = renewed_by(api.server.ledger(), out.terms);
    out.pack = renewed ? renewed : api.server.ledger().next_pack();
    return out;
}

void install_pack(Api& api, const PackToInstall& pack, std::optional<RequestMark> mark,
                  Done<Committed> done) {
    Extras extras;
    if (!pack.document.empty())
        extras.puts.push_back(Directory::pack_record(pack.pack, pack.document));
    api.server.change(
        decide_installation(api.server.ledger(), pack.terms, api.server.now()), std::move(extras),
        [&api, number = pack.pack, document = pack.document,
         done = std::move(done)](Result<Committed> written) mutable {
            if (written && !document.empty()) api.directory.put_pack(number, std::move(document));
            done(std::move(written));
        },
        mark);
}

}  // namespace calm
