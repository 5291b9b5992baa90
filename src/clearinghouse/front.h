// Front: what the routes share. Handlers run on the loop and hand their work to the desk, the one
// thread that has the books.
#pragma once

#include <string>
#include <vector>

#include "clearinghouse/acts.h"
#include "clearinghouse/lists.h"
#include "clearinghouse/staff.h"
#include "http/problem.h"
#include "http/routes.h"
#include "http/worker_pool.h"

namespace calm::clearinghouse {

struct Front {
    Office& office;               // desk thread
    StaffDesk& staff_desk;        // desk thread
    ActivationDesk& activations;  // desk thread
    Staff& staff;
    http::WorkerPool& desk;     // one thread: it has the books
    http::WorkerPool& hashing;  // of passwords
    std::string vendor_name;
    std::string address;  // of the clearinghouse, as its certificate says it; may be empty
};

using RouteList = std::vector<http::Route>;

void add_public_routes(Front& front, RouteList& routes);
void add_staff_routes(Front& front, RouteList& routes);
void add_card_routes(Front& front, RouteList& routes);
void add_account_routes(Front& front, RouteList& routes);
void add_page_routes(Front& front, RouteList& routes);

// All of them, the problem pages too. RouteTable::make checks them.
RouteList all_routes(Front& front);

// HTTP status of the codes that the clearinghouse can answer with.
http::ProblemTable clearinghouse_problems();

// A row whose function is given the Front.
template <class Function>
void add_row(Front& front, RouteList& routes, http::Method method, const std::string& pattern,
             http::Right right, const char* summary, Function function,
             uint8_t flags = http::kNoFlags) {
    routes.push_back(
        {.method = method,
         .pattern = pattern,
         .right = right,
         .flags = flags,
         .summary = summary,
         .handler = [&front, function](const http::Request& request, http::Responder responder) {
             function(front, request, std::move(responder));
         }});
}

// No room for more work: answers so.
bool is_full(http::WorkerPool& pool, http::Responder& responder);

// Runs `work`, which gives a Result, on the desk, and then `done` with it on the loop.
template <class Work, class Done>
void at_desk(Front& front, http::Responder responder, Work work, Done done) {
    if (is_full(front.desk, responder)) return;
    front.desk.run(std::move(work),
                   [responder = std::move(responder), done = std::move(done)](auto result) mutable {
                       if (!result) return responder.fail(result.error());
                       done(std::move(*result), std::move(responder));
                   });
}

// The same, answered with the Reply that `work` gives.
template <class Work>
void reply_from_desk(Front& front, http::Responder responder, Work work) {
    at_desk(front, std::move(responder), std::move(work), [](Reply reply, http::Responder to) {
        to.send(
            {.status = reply.status, .content_type = reply.type, .body = std::move(reply.body)});
    });
}

}  // namespace calm::clearinghouse
