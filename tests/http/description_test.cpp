// api/openapi.yaml and api/settings.json say what the program has, no more and no less.
#include <fstream>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "http/server.h"
#include "server/settings.h"
#include "test_server.h"

namespace calm::testing {
namespace {

std::string file_text(const char* name) {
    std::ifstream file(std::string(CALM_SOURCE_DIR "/api/") + name);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

std::string unquoted(const std::string& text) {
    return text.starts_with('"') ? text.substr(1, text.size() - 2) : text;
}

// "GET /v1/status" for every operation: a path stands at two blanks, a verb at four.
std::set<std::string> described_operations(std::string* summaries) {
    std::set<std::string> out;
    std::istringstream lines(file_text("openapi.yaml"));
    std::string path;
    std::string operation;
    bool in_paths = false;
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with(' ')) in_paths = line == "paths:";
        if (!in_paths) continue;
        if (line.starts_with("  /")) path = line.substr(2, line.size() - 3);
        for (const char* verb : {"get", "post", "put", "delete"}) {
            if (line == "    " + std::string(verb) + ":") {
                operation = verb;
                for (char& c : operation)
                    c = static_cast<char>(c - 'a' + 'A');
                operation += " " + path;
                out.insert(operation);
            }
        }
        if (line.starts_with("      summary: "))
            *summaries += operation + ": " + unquoted(line.substr(15)) + "\n";
    }
    return out;
}

TEST(Description, openapi_has_every_route_with_its_summary_and_nothing_else) {
    store::MemoryDisk disk;
    TestServer server(disk, {1'767'225'600});
    std::string summaries;
    const std::set<std::string> described = described_operations(&summaries);
    std::set<std::string> served;
    server.on_loop([&](Service& service) {
        for (const http::Route& route : service.front().routes().routes()) {
            const std::string name =
                std::string(http::method_name(route.method)) + " " + route.pattern;
            served.insert(name);
            EXPECT_NE(summaries.find(name + ": " + route.summary + "\n"), std::string::npos)
                << name << ": " << route.summary;
        }
    });
    EXPECT_EQ(described, served);
}

TEST(Description, settings_json_has_every_setting_with_its_default_and_nothing_else) {
    const auto json = boost::json::parse(file_text("settings.json"));
    std::set<std::string> described;
    const Settings defaults;
    for (const auto& row : json.at("settings").as_array()) {
        const std::string key(row.at("key").as_string());
        described.insert(key);
        for (const SettingRow& setting : setting_rows()) {
            if (setting.key != key) continue;
            EXPECT_EQ(row.at("environment").as_string(), setting.environment) << key;
            EXPECT_EQ(row.at("type").as_string(), setting.type) << key;
            EXPECT_EQ(row.at("default").as_string(), setting.show(defaults)) << key;
            EXPECT_FALSE(row.at("description").as_string().empty()) << key;
        }
    }
    std::set<std::string> known;
    for (const SettingRow& setting : setting_rows())
        known.insert(std::string(setting.key));
    EXPECT_EQ(described, known);
}

}  // namespace
}  // namespace calm::testing
