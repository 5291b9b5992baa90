// The block of the console's files is read whole or not at all.
#include "server/console_files.h"

#include <gtest/gtest.h>

namespace calm {
namespace {

TEST(ConsoleFiles, are_found_by_name_with_their_type) {
    const auto files = ConsoleFiles::read("index.html plain 4\nmain-1a2b.js gzip 3\n\n<p/>abc");
    ASSERT_TRUE(files.has_value()) << files.error().detail;
    ASSERT_NE(files->find("index.html"), nullptr);
    EXPECT_EQ(files->find("index.html")->bytes, "<p/>");
    EXPECT_FALSE(files->find("index.html")->gzip);
    EXPECT_EQ(files->find("main-1a2b.js")->type, "text/javascript; charset=utf-8");
    EXPECT_EQ(files->find("main-1a2b.js")->bytes, "abc");
    EXPECT_TRUE(files->find("main-1a2b.js")->gzip);
    EXPECT_EQ(files->find("../etc/passwd"), nullptr);
}

TEST(ConsoleFiles, a_block_that_does_not_add_up_is_refused) {
    for (const std::string_view block :
         {"", "index.html plain 4\n<p/>", "index.html plain 5\n\n<p/>",
          "index.html plain 3\n\n<p/>", "index.html plain x\n\n<p/>", "index.html 4\n\n<p/>",
          "main.js gzip 4\n\n<p/>", "index.html plain 4\nsecret.toml plain 0\n\n<p/>"}) {
        EXPECT_FALSE(ConsoleFiles::read(block).has_value()) << block;
    }
}

TEST(ConsoleFiles, this_program_has_a_console) {
    const auto routes = console_routes();
    ASSERT_TRUE(routes.has_value()) << routes.error().detail;
    EXPECT_EQ(routes->size(), 3U);
}

}  // namespace
}  // namespace calm
