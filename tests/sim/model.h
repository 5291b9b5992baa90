// The rules of design.md 2 and of the facts about RD Licensing once more, as plainly as possible:
// what decide() and the verbs are compared with. One list of every CAL there ever was, linear
// scans, no index, no reuse, no sweeping. Written from the rules; it shares no code with
// src/core's.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/scenario.h"

namespace calm::sim {

inline constexpr int64_t kDay = 86400;

inline scenario::Observed refused(const char* code) {
    scenario::Observed observed;
    observed.refused = code;
    return observed;
}

// A CAL for the first days is worth less than over-use, that less than a concurrent seat, that less
// than a borrowed one, and that less than one that lasts.
inline int worth(bool temporary, bool overuse, bool lease, bool borrowed = false) {
    return temporary ? 1 : overuse ? 2 : !lease ? 5 : borrowed ? 4 : 3;
}

// Of what two CALs serve: families, each up to a version.
inline bool covers(const std::map<std::string, int>& more, const std::map<std::string, int>& less) {
    return std::ranges::all_of(less, [&](const auto& each) {
        const auto found = more.find(each.first);
        return found != more.end() && found->second >= each.second;
    });
}

class Model {
  public:
    // What the server should have been seen to do at `now`, ledger time. Steps that only move time
    // do nothing here.
    scenario::Observed play(const scenario::Step& step, Instant now);

  private:
    struct Cal {
        std::string holder;
        PackKind kind;
        std::string product;
        std::map<std::string, int> covers;  // families, each up to this version
        int pack = -1;                      // index; none: it spends no seat
        int beyond = -1;                    // the pack out of whose overdraft it is
        int of = -1;                        // on loan: the CAL whose seat it uses
        bool temporary = false;
        bool overuse = false;
        bool validated = false;
        int64_t issued = 0;
        int64_t ends;
        bool gone = false;  // revoked, released, replaced
        bool lease = false;
        bool borrowed = false;          // a lease that asks for no word
        std::map<int, int64_t> uses{};  // of a lease: hosts, by number, and until when

        bool seat() const { return pack >= 0; }
    };
    struct Pack {
        scenario::InstallPack line;
        int64_t from, until;
        bool removed = false;
        std::map<int, uint32_t> hosts{};         // by number: licenses given
        std::set<std::string> computers{};       // holders that an installation is bound to
        int64_t maintained = 0;                  // until then; 0: it is not
        int with = -1;                           // the pack of server licenses that it came with
        int out_of = -1;                         // the pack that it was converted out of
        std::string moved_to{};                  // another server; then it is removed as well
        bool revoked = false;                    // the vendor has taken it back
        uint32_t bought = 0;                     // before anything was converted
        int host = -1;                           // of a per-server pack: the number of its host
        std::map<std::string, uint32_t> kept{};  // for groups: so many seats
    };
    struct Host {
        LicensingMode mode;
        PackKind preferred;
        int64_t enrolled, grace_until;
        bool grace_ended = false, removed = false, console = false;
        int number = 0;        // one that enrols again under its name is another
        uint32_t told_in = 0;  // the epoch up to which nothing is awaited of it
        uint32_t processors = 0, cores = 0;
    };
    struct Place {
        std::string host;
        int number;  // of that host
        StationKind kind;
        std::string shows;
        int life;  // a station that is removed and added again is another one
        bool removed = false;
    };
    struct Asked {
        scenario::Admit question;
        int64_t at;
        Reason reason;
        int64_t ends;
    };
    struct TokenKey {
        std::string host, product;
        HolderKind kind;
        std::string name;
        auto operator<=>(const TokenKey&) const = default;
    };
    struct Token {
        Cal cal;
        std::string document;  // name of its signed pack; empty: none
        uint32_t epoch;
    };
    struct Merged {
        std::string into;
        std::vector<std::pair<int, bool>> ended;  // CALs that it lost by it; it went over
    };
    struct Doubt {
        std::string like;
        int64_t since;
        bool accepted = false;
    };
    struct Revoked {
        std::string family;
        int version;
        int64_t until;
    };
    struct Way {
        PackKind kind;
        std::string holder;
        bool takes = true;
    };
    struct Answer {
        Reason reason;
        int cal = -1;
        bool wrote = false;
        std::string lacks{};
        uint32_t place = 0;
    };
    struct Waiter {
        std::string holder;
        PackKind kind;
        std::string product;
        int64_t until;
    };

    scenario::Observed on(const scenario::SetProduct& step);
    scenario::Observed on(const scenario::InstallPack& step);
    scenario::Observed on(const scenario::RemovePack& step);
    scenario::Observed on(const scenario::MovePack& step);
    scenario::Observed on(const scenario::Activate& step);
    scenario::Observed on(const scenario::Deactivate& step);
    scenario::Observed on(const scenario::RevokePack& step);
    scenario::Observed renew(int pack, const scenario::InstallPack& step);
    scenario::Observed on(const scenario::SetHost& step);
    scenario::Observed on(const scenario::SetStation& step);
    scenario::Observed on(const scenario::Admit& step);
    scenario::Observed on(const scenario::Logon& step);
    scenario::Observed on(const scenario::Release& step);
    scenario::Observed on(const scenario::Convert& step);
    scenario::Observed on(const scenario::Revoke& step);
    scenario::Observed on(const scenario::Erase& step);
    scenario::Observed on(const scenario::SetClock& step);
    scenario::Observed on(const scenario::Backup& step);
    scenario::Observed on(const scenario::Restore& step);
    scenario::Observed on(const scenario::Reassert& step);
    scenario::Observed on(const scenario::Count& step);
    scenario::Observed on(const scenario::Holds& step);
    scenario::Observed on(const scenario::LicenseHost& step);
    scenario::Observed on(const scenario::Install& step);
    scenario::Observed on(const scenario::EndSession& step);
    scenario::Observed on(const scenario::AssignPack& step);
    scenario::Observed on(const scenario::Borrow& step);
    scenario::Observed on(const scenario::ChangeGroup& step);
    scenario::Observed on(const scenario::Reserve& step);
    scenario::Observed on(const scenario::Lend& step);
    scenario::Observed on(const scenario::Recall& step);
    scenario::Observed on(const scenario::MergeDevices& step);
    scenario::Observed on(const scenario::SeparateDevice& step);
    scenario::Observed on(const scenario::AcceptDevice& step);
    scenario::Observed on(const scenario::Quarantine& step);
    template <class OnlyTime>
    scenario::Observed on(const OnlyTime&) {
        return {};
    }

    Answer answer(const scenario::Admit& q);
    Answer answer_at(const scenario::Admit& q, Host& host, const Product& product);
    bool at_console(const scenario::Admit& q) const;
    // Licenses of the host itself, and installations (model_hosts.cpp).
    std::vector<int> packs_for(PackKind kind, const Product& product, bool fresh) const;
    uint32_t cores_needed(const Host& host, const Product& product) const;
    uint32_t licensed(const Host& host, PackKind kind, const Product& product) const;
    std::optional<Reason> host_license(const scenario::Admit& q, const Host& host,
                                       const Product& product) const;
    scenario::Observed bind(const scenario::Install& step, const std::string& computer);
    // A product and its bases, all or none (model_additive.cpp).
    Answer additive_answer(const scenario::Admit& q, Host& host, const Product& product);
    std::optional<Reason> drop_licensed(const scenario::Admit& q, const Host& host,
                                        std::vector<Product>& parts) const;
    // An admission to several products at once, and how everything was before it.
    struct Together {
        struct Alone {
            std::optional<Answer> held;
            bool moves = false;
        };
        std::string asked;
        std::vector<Product> parts;
        std::vector<Cal> cals;
        std::map<std::string, Doubt> doubts;
        Host host;
        std::vector<Alone> alone = {};
        Answer last = {Reason::cal_held};

        void note(const Answer& answer) {
            if (answer.wrote) last = answer;
        }
    };
    bool given_in(const Together& all, const Product& part) const;
    std::optional<Answer> give_lacking(const scenario::Admit& q, Host& host, Together& all,
                                       std::vector<size_t>& lacking);
    Answer suite_answer(const scenario::Admit& q, const std::vector<size_t>& lacking,
                        const std::vector<Product>& parts, Host& host);
    void note_first_seats(Host& host, const std::vector<Product>& parts, size_t from) const;
    bool needs_nothing(const Product& product) const;
    // When nothing is held.
    Answer lacking_answer(const scenario::Admit& q, const std::vector<Way>& ways, Host& host,
                          const Product& product);
    std::vector<Way> ways(const scenario::Admit& q, const Host& host, const Product& product) const;
    // The parts of answer(), in its order; nothing: the next part decides.
    std::optional<Answer> held_answer(const scenario::Admit& q, const std::vector<Way>& ways,
                                      Host& host, const Product& product);
    std::optional<Answer> temporary_answer(const scenario::Admit& q, const std::vector<Way>& ways,
                                           Host& host, const Product& product);
    Answer seated(const scenario::Admit& q, const Way& way, int seat, Host& host,
                  const Product& product);
    Answer without_seat(const scenario::Admit& q, const std::vector<Way>& ways, Host& host,
                        const Product& product);
    Reason refusal(const scenario::Admit& q, const std::vector<Way>& ways, const Host& host,
                   const Product& product) const;

    // Concurrent seats (model_leases.cpp).
    bool counts_here(int pack) const;
    bool reaches(int pack, const Cal& cal) const;
    bool leased(int pack) const {
        return pack >= 0 && packs_[pack].line.metric != PackMetric::named;
    }
    bool sold_as(PackKind kind, PackMetric metric, const Product& product) const;
    bool is_sold(const std::string& product, PackKind kind) const;
    bool only_leases(PackKind kind, const Product& product) const;
    bool extend(int cal, const Product& product, bool may);
    bool has_turn(const Way& way, const Product& product) const;
    uint32_t free_to(const Way& way, const Product& product, int* newest, uint32_t* kept,
                     std::set<int>* packs) const;
    bool in_line(const Waiter& waiter, PackKind kind, const Product& product) const;
    void leave_line(const std::string& holder, PackKind kind, const std::string& product);
    std::optional<Answer> stand_in_line(const scenario::Admit& q, const std::vector<Way>& ways,
                                        const Product& product);
    // Loans, machines and look-alikes (model_devices.cpp).
    bool is_lent(int cal) const;
    void end_loan(int cal);
    bool has_lent(const std::string& holder, PackKind kind) const;
    int pack_of(const Cal& cal) const;
    int lent_to_others(const std::string& holder, const Product& product) const;
    std::optional<Answer> while_lent(const std::vector<Way>& ways, const Host& host,
                                     const Product& product) const;
    std::string machine_of(std::string holder) const;
    bool is_known(const std::string& holder) const;
    bool may_be_given_again(const Cal& cal) const;
    bool bring_back(const Cal& cal, const std::string& machine, std::set<int>& taken);
    bool looks_for_doubles(const scenario::Admit& q, const Way& way, const Product& product) const;
    bool is_doubted(const std::string& holder) const;
    bool is_doubted(const scenario::Admit& q, const Way& way, const Product& product) const;
    std::string looks_like(const scenario::Admit& q, const Way& way, const Product& product) const;
    std::optional<Answer> first_doubt(const scenario::Admit& q, const Way& way,
                                      const Product& product);
    void note_signals(const scenario::Admit& q);
    bool in_grace(const Host& host, const Product& product) const;

    // Backups (model_restore.cpp).
    bool seats_are_kept() const;
    bool awaited(const std::string& host) const;
    void meet_implicit_host();
    void tell(const scenario::Admit& q, const Answer& given);
    void give_back(const std::string& holder, const Token& token);
    int known_pack(const Token& token) const;
    int its_pack(const Token& token) const;

    bool live(const Cal& cal) const { return !cal.gone && cal.ends > now_; }
    // It is the server's, and what it has given counts; new CALs may be taken from it as well.
    bool valid(const Pack& pack) const;
    bool usable(const Pack& pack) const;
    bool lacks_activation(PackKind kind, const Product& product) const;
    std::set<int> with_all_of(int pack) const;
    std::map<std::string, int> covered_by(const Pack& pack) const;
    int reach(const Pack& pack, const Product& product) const;       // -1: not at all
    int sold_up_to(const Pack& pack, const Product& product) const;  // the same, as it was sold
    // The product that a new CAL of the pack is of, where the pack is maintained a later one.
    const Product& newest_in(const Pack& pack) const;
    bool carried_to(const Pack& pack, const std::string& product) const;
    int growing(const Way& way, const Product& product) const;
    int last_of(const std::string& name) const;
    static bool comes_again(const Pack& known, const scenario::InstallPack& step);
    bool handed_over_before(const scenario::InstallPack& step) const;
    // Groups (model_groups.cpp).
    bool in_group(const std::string& group, const std::string& holder) const;
    uint32_t kept_in(int pack, const std::string& holder, bool for_holder) const;
    uint32_t left_for(int pack, const std::string& holder) const;
    bool all_kept(const Way& way, const Product& product) const;
    static bool serves(const Cal& cal, const Product& product);
    // `lease`: whether it is one; either, when empty.
    int held(const Way& way, const Product& product, bool seat, bool overuse, bool temporary,
             std::optional<bool> lease = {}, bool here = false) const;
    int best(const std::string& holder, const Product& product) const;
    uint32_t left_in(int pack) const;
    uint32_t drawn_from(int pack) const;
    // `whole`: only one that serves all that this CAL does; may be null.
    int free_seat(const Way& way, const Product& product, int at_least,
                  const Cal* whole = nullptr) const;
    int free_seat_of(PackMetric metric, const Way& way, const Product& product, int at_least,
                     const Cal* whole = nullptr) const;
    int overdraft(PackKind kind, const Product& product) const;
    bool sold(PackKind kind, const Product& product) const;
    int give(const Way& way, const Product& product, int pack, int64_t ends, int beyond = -1,
             bool lease = false);
    static bool starts_with_days(const scenario::Admit& q, const Product& product);
    int64_t new_end(PackKind kind, const Product& product, int pack, const scenario::Admit& q,
                    bool lease) const;
    void first_cal_at(Host& host, const Product& product) const;
    std::string holder_of(const std::string& name) const;
    std::string holder_of(const scenario::Who& who) const;
    std::string own_holder(const scenario::Who& who) const;
    std::string place_holder(const std::string& station) const;
    void leave(const std::string& desktop);
    std::optional<Reason> no_cal_for(const scenario::Admit& q, const Product& product) const;

    int64_t now_ = 0;
    int before_ = 0;         // so many CALs there were before the present admission
    int here_ = -1;          // the number of the host that asks
    bool together_ = false;  // other products are asked for with it
    std::vector<Waiter> line_;
    std::map<std::string, Product> products_;
    std::vector<Pack> packs_;
    std::map<std::string, int> pack_names_;
    std::map<std::string, Host> hosts_;
    std::map<std::string, Place> places_;
    int next_life_ = 0;
    int next_host_ = 1;
    std::vector<Cal> cals_;
    std::vector<Revoked> revoked_;
    std::map<std::string, Asked> asked_;
    std::set<std::string> computers_;       // that ever had an installation, or waited for a seat
    std::map<std::string, int> lives_;      // how often a name was erased
    std::map<std::string, Merged> merged_;  // by holder
    std::map<std::string, Doubt> doubts_;   // by holder
    std::map<std::string, std::string> signals_;           // the holder that showed each first
    std::set<std::string> erased_;                         // holders
    std::map<std::string, std::set<std::string>> groups_;  // who is in each, as it was named
    int64_t quarantine_days_ = 14;
    int64_t activated_until_ = 0;
    uint32_t serial_ = 0, status_list_ = 0;
    std::set<std::string> revoked_packs_;  // as the status list that was taken last says
    std::set<std::string> withdrawn_;      // as the vendor's next one will say
    std::map<TokenKey, Token> tokens_;
    uint32_t epoch_ = 0;
    int64_t restored_at_ = 0;
    int common_packs_ = 0;                 // so many there were in the backup
    std::shared_ptr<const Model> backup_;  // shared because a model is copied; never changed
};

}  // namespace calm::sim
