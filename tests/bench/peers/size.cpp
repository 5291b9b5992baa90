// (h) what an admission over HTTP costs a large ledger beside a small one: processor time of calmd
// for one request. Large: 10 products, 100 packs, a million holders; small: one of each, and a
// second product whose only seat is taken.
#include <array>

#include <fmt/format.h>

#include "servers.h"

namespace calm::bench {
namespace {

constexpr int kRounds = 5;
constexpr double kSeconds = 2;
constexpr uint32_t kRoom = 50'000'000;  // seats for newcomers
constexpr std::string_view kOpen = "sql-2012";
constexpr std::string_view kFull = "full1-1";  // families of their own: no CAL serves two

struct Sized {
    TemporaryDirectory directory;
    Calmd calmd{directory.path(), 0};
    uint64_t holders;  // of each product
    uint64_t newcomers = 0;
    std::string token{};

    explicit Sized(uint64_t each) : holders(each) {}
};

std::string ask_for(std::string_view product, const std::string& user) {
    return fmt::format(R"({{"host":1,"product":"{}","user":"{}"}})", product, user);
}

std::string holder(uint64_t n) {
    return fmt::format("holder-{:012}@example.org", n);
}

void give_all(Sized& sized, std::string_view product) {
    const uint64_t batch = std::min<uint64_t>(16, sized.holders);
    run_load({.target = sized.calmd.tcp(),
              .connections = sized.holders > 1 ? 100U : 1U,
              .seconds = 600,
              .requests = sized.holders / batch,
              .request =
                  [&](uint64_t n) {
                      std::string body = R"({"admissions":[)";
                      for (uint64_t i = 0; i < batch; ++i) {
                          body += i == 0 ? "" : ",";
                          body += ask_for(product, holder(n * batch + i));
                      }
                      return http_post("/v1/admissions/batch", body + "]}", sized.token);
                  },
              .accept = {}});
}

// The newcomer's seat is in the last pack that is looked at; the packs before it are full.
void prepare(Sized& sized, int products, int packs_each) {
    const auto per_pack = static_cast<uint32_t>(sized.holders / packs_each);
    sized.token = sized.calmd.prepare(packs_each > 1 ? per_pack : kRoom);
    for (int i = 1; i < packs_each; ++i)
        sized.calmd.add_pack(std::string(kOpen), i + 1 < packs_each ? per_pack : kRoom);
    give_all(sized, kOpen);
    for (int i = 1; i < products; ++i) {
        const std::string code = fmt::format("full{}-1", i);
        sized.calmd.add_product(code);
        for (int j = 0; j < packs_each; ++j)
            sized.calmd.add_pack(code, per_pack);
        give_all(sized, code);
    }
}

// Microseconds of calmd's processor time for one request.
double cost_of(Sized& sized, std::string_view what) {
    const auto request = [&](uint64_t n) {
        if (what == "held")
            return http_post("/v1/admissions", ask_for(kOpen, holder(n * 7919 % sized.holders)),
                             sized.token);
        const std::string stranger = fmt::format("newcomer-{}", ++sized.newcomers);
        return http_post("/v1/admissions", ask_for(what == "issued" ? kOpen : kFull, stranger),
                         sized.token);
    };
    const std::string expected = what == "held"     ? "\"cal_held\""
                                 : what == "issued" ? "\"cal_issued\""
                                                    : "\"no_cal_available\"";
    const double before = sized.calmd.process().processor_seconds();
    const LoadResult result = run_load({.target = sized.calmd.tcp(),
                                        .connections = 50,
                                        .seconds = kSeconds,
                                        .request = request,
                                        .accept = [&](uint64_t, std::string_view answer) {
                                            return answer.find(expected) != std::string_view::npos;
                                        }});
    if (result.errors > 0) fmt::print("   {}: {} other answers\n", what, result.errors);
    return (sized.calmd.process().processor_seconds() - before) * 1e6 /
           static_cast<double>(result.answers);
}

}  // namespace

void size() {
    fmt::print(
        "(h) an admission with 10 products, 100 packs and 1,000,000 holders beside one of "
        "each\n");
    Sized small(1);
    Sized large(100'000);
    prepare(small, 2, 1);
    prepare(large, 10, 10);
    for (const std::string_view what : {"held", "issued", "refused"}) {
        std::vector<double> ratios;
        std::array<std::vector<double>, 2> costs;
        for (int round = 0; round < kRounds; ++round) {
            costs[0].push_back(cost_of(small, what));
            costs[1].push_back(cost_of(large, what));
            ratios.push_back(costs[1].back() / costs[0].back());
        }
        fmt::print(" = {:<8} small {:.1f} us, large {:.1f} us of processor a request: {:.2f} x\n",
                   what, median(costs[0]), median(costs[1]), median(ratios));
    }
}

}  // namespace calm::bench
