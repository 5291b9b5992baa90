// Receives mails and webhooks for alerts_test.sh: `alert_receiver DIRECTORY` writes its two ports
// into DIRECTORY/ports, and mail-1, mail-2 …, post-1, post-2 … as they come. The first post is
// answered 503.
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "server/test_receivers.h"

namespace {

volatile std::sig_atomic_t ended = 0;

// Whole or not at all: the script waits for the file's name.
void write_file(const std::filesystem::path& path, const std::string& text) {
    std::filesystem::path part = path;
    part += ".part";
    std::ofstream(part, std::ios::binary) << text;
    std::filesystem::rename(part, path);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    const std::filesystem::path directory = argv[1];
    std::signal(SIGTERM, [](int) { ended = 1; });
    const calm::testing::TestReceivers receivers([](size_t nth) { return nth == 1 ? 503 : 200; });
    write_file(directory / "ports", std::to_string(receivers.smtp_port()) + " " +
                                        std::to_string(receivers.http_port()) + "\n");
    size_t mails = 0;
    size_t posts = 0;
    while (ended == 0) {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        const auto all_mails = receivers.mails();
        const auto all_posts = receivers.posts();
        for (; mails < all_mails.size(); ++mails)
            write_file(directory / ("mail-" + std::to_string(mails + 1)), all_mails[mails]);
        for (; posts < all_posts.size(); ++posts)
            write_file(directory / ("post-" + std::to_string(posts + 1)), all_posts[posts]);
    }
    return 0;
}
