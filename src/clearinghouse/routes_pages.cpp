// The two public acts and the staff's tables, as pages.
#include <array>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "clearinghouse/form.h"
#include "clearinghouse/front.h"
#include "clearinghouse/page.h"
#include "clearinghouse/sign_in.h"

namespace calm::embedded {
extern const std::string_view clearinghouse_css;
}  // namespace calm::embedded

namespace calm::clearinghouse {
namespace {

using http::Method;
using http::Request;
using http::Responder;
using http::Response;

constexpr size_t kKeysTextMax = 4096;

std::string_view title_of(Language language, std::string_view page) {
    return message(language, "clearinghouse.page." + std::string(page) + ".title");
}

void show_start(Front& front, const Request& request, Responder responder) {
    const Language language = page_language(request);
    const auto code = language_code(language);
    const std::string inside = fmt::format(
        "<p>{}</p>\n<h2>{}</h2>\n<p>{}</p>\n<p><a class=\"button\" href=\"/activate?lang={}\">{}"
        "</a></p>\n<h2>{}</h2>\n<p>{}</p>\n<p><a class=\"button\" href=\"/pack?lang={}\">{}</a>"
        "</p>\n<p><a href=\"/staff?lang={}\">{}</a></p>\n",
        page_text(language, "start.what"), page_text(language, "activate.title"),
        page_text(language, "activate.what"), code, page_text(language, "activate.title"),
        page_text(language, "pack.title"), page_text(language, "pack.what"), code,
        page_text(language, "pack.title"), code, page_text(language, "staff.title"));
    responder.send(
        html_page(language, 200, front.vendor_name, "/", title_of(language, "start"), inside));
}

// `page` is "activate" or "pack"; the latter asks for product keys as well.
std::string request_form(Language language, std::string_view page) {
    std::string keys;
    if (page == "pack") {
        keys = fmt::format(
            "<label for=\"keys\">{}</label>\n<p class=\"hint\" id=\"keys-hint\">{}</p>\n"
            "<textarea id=\"keys\" name=\"keys\" rows=\"3\" autocomplete=\"off\" "
            "spellcheck=\"false\" aria-describedby=\"keys-hint\"></textarea>\n",
            page_text(language, "pack.keys"), page_text(language, "pack.keys_hint"));
    }
    return fmt::format(
        "<form method=\"post\" action=\"/{}?lang={}\" enctype=\"multipart/form-data\">\n"
        "<label for=\"file\">{}</label>\n<p class=\"hint\" id=\"file-hint\">{}</p>\n"
        "<input id=\"file\" type=\"file\" name=\"file\" aria-describedby=\"file-hint\">\n"
        "<label for=\"request\">{}</label>\n"
        "<textarea id=\"request\" name=\"request\" rows=\"8\" spellcheck=\"false\"></textarea>\n"
        "{}<button name=\"as\" value=\"file\">{}</button>\n"
        "<button name=\"as\" value=\"page\">{}</button>\n</form>\n",
        page, language_code(language), page_text(language, "form.file"),
        page_text(language, "form.file_hint"), page_text(language, "form.text"), keys,
        page_text(language, "form.download"), page_text(language, "form.show"));
}

std::string form_page(Language language, std::string_view page) {
    return "<p>" + page_text(language, std::string(page) + ".what") + "</p>\n" +
           request_form(language, page);
}

Response whole_page(const Front& front, Language language, std::string_view page, int status,
                    std::string_view inside) {
    return html_page(language, status, front.vendor_name, "/" + std::string(page),
                     title_of(language, page), inside);
}

// One key a line, or with commas between.
Result<std::vector<ProductKey>> typed_keys(std::string_view text) {
    std::vector<ProductKey> keys;
    if (text.size() > kKeysTextMax) return fail("form_malformed", "too many product keys");
    while (!text.empty()) {
        const size_t end = std::min(text.find_first_of("\r\n,;"), text.size());
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.find_first_not_of(" \t") == std::string_view::npos) continue;
        CALM_TRY_ASSIGN(ProductKey key, parse_product_key(line));
        keys.push_back(std::move(key));
    }
    if (keys.size() > kRedeemedAtOnceMax) return fail("form_malformed", "too many product keys");
    return keys;
}

struct Brought {
    std::string request;
    std::vector<ProductKey> keys;
    bool as_file = false;
};

Result<Brought> brought_by(const Request& request) {
    CALM_TRY_ASSIGN(const auto form, read_form(request.header("content-type"), request.body));
    Brought brought{.request = std::string(field_of(form, "file")),
                    .as_file = field_of(form, "as") == "file"};
    if (brought.request.empty()) brought.request = field_of(form, "request");
    CALM_TRY_ASSIGN(brought.keys, typed_keys(field_of(form, "keys")));
    return brought;
}

Response answer_file(std::string text) {
    Response response;
    response.content_type = http::kPlainText;
    response.body = std::move(text);
    response.headers.add("Content-Disposition", "attachment; filename=\"activation-answer.txt\"");
    return response;
}

std::string answer_inside(Language language, std::string_view text) {
    return fmt::format(
        "<p>{}</p>\n<label for=\"answer\">{}</label>\n<textarea id=\"answer\" rows=\"24\" "
        "readonly>{}</textarea>\n",
        page_text(language, "answer.what"), page_text(language, "answer.text"), escaped_html(text));
}

void take_request(Front& front, std::string_view page, const Request& request,
                  Responder responder) {
    const Language language = page_language(request);
    const auto refuse = [&front, language, page](const Error& error, Responder to) {
        Response response =
            whole_page(front, language, page, clearinghouse_problems().status(error.code),
                       problem_box(language, error) + form_page(language, page));
        to.send(response);
    };
    auto brought = brought_by(request);
    if (!brought) return refuse(brought.error(), std::move(responder));
    if (is_full(front.desk, responder)) return;
    const bool as_file = brought->as_file;
    front.desk.run(
        [&front, brought = std::move(*brought), address = std::string(request.peer().address)] {
            return front.activations.answer(brought.request, brought.keys, address);
        },
        [&front, refuse, language, page, as_file,
         responder = std::move(responder)](Result<std::string> answer) mutable {
            if (!answer) return refuse(answer.error(), std::move(responder));
            if (as_file) return responder.send(answer_file(std::move(*answer)));
            responder.send(
                whole_page(front, language, page, 200, answer_inside(language, *answer)));
        });
}

struct Cell {
    std::string_view field;
    bool number = false;
};

std::string shown(const boost::json::value& value) {
    if (value.is_null()) return "–";
    if (value.is_string()) {
        // A moment is shown by its day.
        const std::string_view text = value.as_string();
        const bool moment = text.size() == 20 && text.ends_with('Z') && text[10] == 'T';
        return escaped_html(moment ? text.substr(0, 10) : text);
    }
    return escaped_html(boost::json::serialize(value));
}

std::string table_of(Language language, std::string_view title, std::span<const Cell> cells,
                     const boost::json::value& rows) {
    std::string out = fmt::format("<h2>{}</h2>\n", page_text(language, title));
    if (rows.as_array().empty())
        return out + "<p>" + page_text(language, "staff.nothing") + "</p>\n";
    out += "<div class=\"wide\" tabindex=\"0\">\n<table>\n<tr>";
    for (const Cell& cell : cells) {
        out += fmt::format("<th scope=\"col\"{}>{}</th>", cell.number ? " class=\"number\"" : "",
                           page_text(language, "column." + std::string(cell.field)));
    }
    out += "</tr>\n";
    for (const auto& row : rows.as_array()) {
        out += "<tr>";
        for (const Cell& cell : cells) {
            out += fmt::format("<td{}>{}</td>", cell.number ? " class=\"number\"" : "",
                               shown(row.as_object().at(cell.field)));
        }
        out += "</tr>\n";
    }
    return out + "</table>\n</div>\n";
}

constexpr std::array kSoldCells{Cell{"product"}, Cell{"kind"}, Cell{"in_packs", true},
                                Cell{"in_keys", true}, Cell{"left_in_orders", true}};
constexpr std::array kShortCells{Cell{"order", true}, Cell{"customer", true}, Cell{"product"},
                                 Cell{"agreement"},   Cell{"quantity", true}, Cell{"left", true}};
constexpr std::array kRenewalCells{Cell{"expires_at"}, Cell{"maintained_until"}, Cell{"product"},
                                   Cell{"kind"},       Cell{"quantity", true},   Cell{"server"},
                                   Cell{"pack"}};
constexpr std::array kEndingCells{Cell{"activated_until"}, Cell{"server"}, Cell{"company"}};
constexpr std::array kServerCells{Cell{"server"}, Cell{"company"}, Cell{"country"}, Cell{"state"},
                                  Cell{"activated_until"}};

std::string staff_inside(Language language, const boost::json::value& report,
                         const boost::json::value& servers) {
    std::string out = fmt::format(
        "<form method=\"post\" action=\"/staff/sign-out?lang={}\"><button>{}</button></form>\n",
        language_code(language), page_text(language, "staff.sign_out"));
    out += table_of(language, "staff.sold", kSoldCells, report.at("sold"));
    out += table_of(language, "staff.short", kShortCells, report.at("short"));
    out += table_of(language, "staff.renewal", kRenewalCells, report.at("up_for_renewal"));
    out += table_of(language, "staff.ending", kEndingCells, report.at("certificates_ending"));
    return out + table_of(language, "staff.servers", kServerCells, servers.at("servers"));
}

// Where a session begins, its cookie goes along.
void send_staff_page(Front& front, Language language, Responder responder, std::string cookie) {
    using Texts = std::pair<std::string, std::string>;
    at_desk(
        front, std::move(responder),
        [&front]() -> Result<Texts> {
            CALM_TRY_ASSIGN(std::string report, report_text(front.office));
            CALM_TRY_ASSIGN(std::string servers, list_text(front.office, "servers", ""));
            return Texts{std::move(report), std::move(servers)};
        },
        [&front, language, cookie = std::move(cookie)](const Texts& texts, Responder to) {
            Response response = whole_page(front, language, "staff", 200,
                                           staff_inside(language, boost::json::parse(texts.first),
                                                        boost::json::parse(texts.second)));
            if (!cookie.empty()) response.headers.add("Set-Cookie", cookie);
            to.send(response);
        });
}

std::string sign_in_form(Language language) {
    return fmt::format(
        "<form method=\"post\" action=\"/staff?lang={}\">\n<label for=\"account\">{}</label>\n"
        "<input id=\"account\" type=\"text\" name=\"account\" autocomplete=\"username\" required>\n"
        "<label for=\"password\">{}</label>\n<input id=\"password\" type=\"password\" "
        "name=\"password\" autocomplete=\"current-password\" required>\n"
        "<button>{}</button>\n</form>\n",
        language_code(language), page_text(language, "staff.account"),
        page_text(language, "staff.password"), page_text(language, "staff.sign_in"));
}

void show_staff(Front& front, const Request& request, Responder responder) {
    const Language language = page_language(request);
    if (front.staff.session(Staff::cookie_token(request)))
        return send_staff_page(front, language, std::move(responder), "");
    responder.send(whole_page(front, language, "staff", 200, sign_in_form(language)));
}

// Where browsers tell it; SameSite does the rest.
bool from_another_page(const Request& request) {
    const std::string_view site = request.header("sec-fetch-site");
    return !site.empty() && site != "same-origin" && site != "none";
}

void sign_in_by_page(Front& front, const Request& request, Responder responder) {
    const Language language = page_language(request);
    const auto refuse = [&front, language](const Error& error, uint32_t, Responder to) {
        to.send(whole_page(front, language, "staff", clearinghouse_problems().status(error.code),
                           problem_box(language, error) + sign_in_form(language)));
    };
    if (from_another_page(request)) {
        return refuse({"csrf_refused", "a sign-in comes from this server's own page"}, 0,
                      std::move(responder));
    }
    const auto form = read_form(request.header("content-type"), request.body);
    if (!form) return refuse(form.error(), 0, std::move(responder));
    std::string name(field_of(*form, "account").substr(0, 64));
    std::string password(field_of(*form, "password").substr(0, http::kPasswordBytesMax + 1));
    verify_staff(
        front, request, std::move(name), std::move(password), std::move(responder),
        [&front, language, transport = request.peer().transport](const StaffAccount& account,
                                                                 Responder to) {
            send_staff_page(
                front, language, std::move(to),
                staff_cookie({.transport = transport}, front.staff.begin_session(account)));
        },
        refuse);
}

void sign_out_by_page(Front& front, const Request& request, Responder responder) {
    const Language language = page_language(request);
    if (!from_another_page(request)) front.staff.end_session(Staff::cookie_token(request));
    Response response = whole_page(front, language, "staff", 200, sign_in_form(language));
    response.headers.add("Set-Cookie", staff_cookie(request.peer(), ""));
    responder.send(response);
}

void show_page_style(Front&, const Request&, Responder responder) {
    Response response;
    response.content_type = http::kCss;
    response.body = embedded::clearinghouse_css;
    response.cache_control = "public, max-age=3600";
    responder.send(response);
}

}  // namespace

void add_page_routes(Front& front, RouteList& routes) {
    const auto open = http::kUnauthenticated;
    add_row(front, routes, Method::get, "/", {}, "The page that says what this is", show_start,
            open);
    for (const char* page : {"activate", "pack"}) {
        add_row(
            front, routes, Method::get, "/" + std::string(page), {},
            "The page where a request is brought",
            [page](Front& with, const Request& request, Responder responder) {
                const Language language = page_language(request);
                responder.send(whole_page(with, language, page, 200, form_page(language, page)));
            },
            open);
        add_row(
            front, routes, Method::post, "/" + std::string(page), {},
            "The page with the answer to a request",
            [page](Front& with, const Request& request, Responder responder) {
                take_request(with, page, request, std::move(responder));
            },
            open);
    }
    add_row(front, routes, Method::get, "/staff", {}, "The staff's page, or its sign-in",
            show_staff, open);
    add_row(front, routes, Method::post, "/staff", {}, "Sign in on the staff's page",
            sign_in_by_page, open);
    add_row(front, routes, Method::post, "/staff/sign-out", {}, "Sign out on the staff's page",
            sign_out_by_page, open);
    add_row(front, routes, Method::get, "/style.css", {}, "The style sheet of the pages",
            show_page_style, open);
}

}  // namespace calm::clearinghouse
