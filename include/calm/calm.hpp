// calm.hpp: calm.h for C++17 and later, header-only. Handles and sessions free themselves; nothing
// throws and nothing is allocated by this header, except for the copy of a callback that needs it.
//
//     auto handle = calm::Handle::open();
//     if (!handle) return handle.error();
//     const auto answer = handle->admit(calm::Request("files-2026", "anna"));
//     if (answer && answer->admitted()) ...
//     else std::cerr << answer.sentence();
//
// What each call does, its errors and its threads: calm.h.
#ifndef CALM_CALM_HPP
#define CALM_CALM_HPP

#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

#include <calm/calm.h>

namespace calm {

// What the agent said; after an error, what to show to the person.
class Answer {
  public:
    Answer() noexcept { raw_.size = sizeof raw_; }
    explicit Answer(const calm_answer& raw) noexcept : raw_(raw) {}

    bool admitted() const noexcept { return raw_.admitted != 0; }
    bool offline() const noexcept { return raw_.offline != 0; }
    bool session_ends() const noexcept { return raw_.session_ends != 0; }
    int place() const noexcept { return raw_.place; }
    std::string_view reason() const noexcept { return raw_.reason; }
    std::string_view sentence() const noexcept { return raw_.sentence; }
    // Empty: what admits has no end, or nobody knows it.
    std::optional<int> days_left() const noexcept {
        return raw_.days_left < 0 ? std::nullopt : std::optional<int>(raw_.days_left);
    }

    const calm_answer& raw() const noexcept { return raw_; }
    calm_answer& raw() noexcept { return raw_; }

  private:
    calm_answer raw_{};
};

// A value, or a status that says why there is none.
template <class T>
class Expected {
  public:
    // Implicit, so that a function returns what it has made as it is, like std::expected.
    Expected(T value) noexcept : value_(std::move(value)) {}  // NOLINT(google-explicit-constructor)
    explicit Expected(calm_status error, const Answer& said = {}) noexcept
        : error_(error), said_(said) {}

    explicit operator bool() const noexcept { return value_.has_value(); }
    bool has_value() const noexcept { return value_.has_value(); }
    // REQUIRES: has_value().
    T& operator*() noexcept { return *value_; }
    const T& operator*() const noexcept { return *value_; }
    T* operator->() noexcept { return &*value_; }
    const T* operator->() const noexcept { return &*value_; }

    // CALM_OK if there is a value.
    calm_status error() const noexcept { return error_; }
    // After CALM_E_AGENT: the agent's code.
    std::string_view reason() const noexcept { return said_.reason(); }
    // For the person: of a refusal, of an error, or "".
    std::string_view sentence() const noexcept {
        if constexpr (std::is_same_v<T, Answer>) {
            if (value_) return value_->sentence();
        }
        return said_.sentence();
    }

  private:
    std::optional<T> value_;
    calm_status error_ = CALM_OK;
    Answer said_;
};

// A question. Keeps the pointers that it is given: the texts must live until the call that asks
// returns.
class Request {
  public:
    Request() noexcept { raw_.size = sizeof raw_; }
    Request(const char* product, const char* user) noexcept : Request() {
        raw_.product = product;
        raw_.user = user;
    }

    Request& service(const char* name) noexcept { return set(raw_.service, name); }
    Request& product(const char* code) noexcept { return set(raw_.product, code); }
    Request& user(const char* name) noexcept { return set(raw_.user, name); }
    Request& device(const char* name) noexcept { return set(raw_.device, name); }
    Request& address(const char* text) noexcept { return set(raw_.address, text); }
    Request& tty(const char* name) noexcept { return set(raw_.tty, name); }
    Request& seat(const char* name) noexcept { return set(raw_.seat, name); }
    Request& station(const char* name) noexcept { return set(raw_.station, name); }
    Request& via(const char* name) noexcept { return set(raw_.via, name); }
    Request& from_server(const char* name) noexcept { return set(raw_.from_server, name); }
    Request& hardware_id(const char* text) noexcept { return set(raw_.hardware_id, text); }
    Request& certificate(const char* text) noexcept { return set(raw_.certificate, text); }
    Request& device_mark(const char* text) noexcept { return set(raw_.device_mark, text); }
    Request& language(const char* locale) noexcept { return set(raw_.language, locale); }
    Request& mode(int which) noexcept { return set(raw_.mode, which); }  // CALM_MODE_...
    Request& workload(int which) noexcept {
        return set(raw_.workload, which);
    }  // CALM_WORKLOAD_...
    Request& outside(bool yes = true) noexcept { return set(raw_.outside, flag(yes)); }
    Request& administration(bool yes = true) noexcept {
        return set(raw_.administration, flag(yes));
    }
    Request& host_service(bool yes = true) noexcept { return set(raw_.host_service, flag(yes)); }
    Request& wait(int milliseconds) noexcept {
        raw_.wait_ms = milliseconds;
        return set(raw_.wait, flag(true));
    }
    Request& outlives_process(bool yes = true) noexcept {
        return set(raw_.outlives_process, flag(yes));
    }

    const calm_request& raw() const noexcept { return raw_; }

  private:
    static int32_t flag(bool yes) noexcept { return yes ? CALM_YES : CALM_NO; }
    template <class T>
    Request& set(T& field, T value) noexcept {
        field = value;
        return *this;
    }

    calm_request raw_{};
};

// Of a handle; the texts must live until open() returns.
struct Options {
    const char* socket_path = nullptr;
    const char* language = nullptr;
    int budget_ms = 0;
    int check_every_s = 0;
};

// Ends when it goes out of scope. Must not outlive its handle.
class Session {
  public:
    using Ends = std::function<void(const Answer&)>;

    Session(Session&&) noexcept = default;
    // What it was before ends, and then its callback goes.
    Session& operator=(Session&& other) noexcept {
        session_ = std::move(other.session_);
        ends_ = std::move(other.ends_);
        told_ = other.told_;
        return *this;
    }
    ~Session() = default;

    // ENSURES: ended, and the agent told; the status says whether it has heard.
    calm_status end() noexcept { return calm_session_end(session_.release()); }

    // An answer, or an error such as CALM_E_SERVER_UNREACHABLE, after which it goes on.
    Expected<Answer> check() noexcept {
        Answer answer;
        const calm_status status = calm_session_check(session_.get(), &answer.raw());
        return status == CALM_OK ? Expected<Answer>(answer) : Expected<Answer>(status, answer);
    }

    // CALM_OK if the agent knows of it; else the next check tells.
    calm_status told() const noexcept { return told_; }

  private:
    friend class Handle;
    struct End {
        void operator()(calm_session* session) const noexcept { calm_session_end(session); }
    };
    Session(std::unique_ptr<Ends> ends, calm_session* session, calm_status told) noexcept
        : ends_(std::move(ends)), session_(session), told_(told) {}

    std::unique_ptr<Ends> ends_;  // goes after the session that calls it
    std::unique_ptr<calm_session, End> session_;
    calm_status told_;
};

class Handle {
  public:
    static Expected<Handle> open(const Options& options = {}) noexcept {
        calm_options raw{};
        raw.size = sizeof raw;
        raw.socket_path = options.socket_path;
        raw.language = options.language;
        raw.budget_ms = options.budget_ms;
        raw.check_every_s = options.check_every_s;
        calm_handle* handle = nullptr;
        const calm_status status = calm_open(&raw, &handle);
        return status == CALM_OK ? Expected<Handle>(Handle(handle)) : Expected<Handle>(status);
    }

    Expected<Answer> admit(const Request& request) noexcept {
        Answer answer;
        const calm_status status = calm_admit(handle_.get(), &request.raw(), &answer.raw());
        return status == CALM_OK ? Expected<Answer>(answer) : Expected<Answer>(status, answer);
    }

    // A session, also when the agent could not be told (Session::told()). `ends` is called as
    // calm.h tells, on a thread of the library; it must not throw, and must not destroy the
    // session.
    Expected<Session> begin(const Request& request, Session::Ends ends = {}) noexcept {
        std::unique_ptr<Session::Ends> kept;
        if (ends) {
            kept.reset(new (std::nothrow) Session::Ends(std::move(ends)));
            if (!kept) return Expected<Session>(CALM_E_SYSTEM);
        }
        calm_session* session = nullptr;
        const calm_status status = calm_session_begin(
            handle_.get(), &request.raw(), kept ? &Handle::call : nullptr, kept.get(), &session);
        if (session == nullptr) return Expected<Session>(status);
        return Session(std::move(kept), session, status);
    }

    calm_handle* raw() const noexcept { return handle_.get(); }

  private:
    struct Close {
        void operator()(calm_handle* handle) const noexcept { calm_close(handle); }
    };
    explicit Handle(calm_handle* handle) noexcept : handle_(handle) {}

    static void call(calm_session*, const calm_answer* answer, void* data) noexcept {
        (*static_cast<Session::Ends*>(data))(Answer(*answer));
    }

    std::unique_ptr<calm_handle, Close> handle_;
};

inline std::string_view text(calm_status status, const char* language = nullptr) noexcept {
    return calm_status_text(status, language);
}
inline std::string_view name(calm_status status) noexcept {
    return calm_status_name(status);
}

}  // namespace calm

#endif
