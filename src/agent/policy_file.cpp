// Files in, and a look at them now and then.
#include "agent/policy_file.h"

#include <chrono>
#include <condition_variable>
#include <iterator>
#include <mutex>

#include <fmt/format.h>
#include <sys/stat.h>

#include "agent/sealed_file.h"

namespace calm {
namespace {

constexpr auto kLookEvery = std::chrono::seconds(2);

// What tells a file from the one that stood there before; empty: there is none.
std::string mark_of(const std::string& file) {
    struct stat about {};
    if (stat(file.c_str(), &about) != 0) return {};
    return fmt::format("{}:{} {} {}.{}", about.st_dev, about.st_ino, about.st_size,
                       about.st_mtim.tv_sec, about.st_mtim.tv_nsec);
}

}  // namespace

PolicyFiles read_policy_files(const std::vector<std::string>& files) {
    PolicyFiles out;
    for (const std::string& file : files) {
        if (mark_of(file).empty()) continue;
        out.found.push_back(file);
        auto bytes = read_file(file, kRegistryPolBytesMax);
        auto entries = bytes ? decode_registry_pol(*bytes) : std::unexpected(bytes.error());
        if (!entries) {
            out.unusable.emplace_back(file, std::move(entries).error());
            continue;
        }
        out.entries.insert(out.entries.end(), std::move_iterator(entries->begin()),
                           std::move_iterator(entries->end()));
    }
    return out;
}

PolicyWatch::Marks PolicyWatch::marks_of(const std::vector<std::string>& files) {
    Marks marks;
    for (const std::string& file : files)
        marks.push_back(mark_of(file));
    return marks;
}

PolicyWatch::PolicyWatch(std::vector<std::string> files, Marks seen, std::function<void()> changed)
    : files_(std::move(files)),
      seen_(std::move(seen)),
      changed_(std::move(changed)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

void PolicyWatch::run(const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any stopped;
    std::unique_lock lock(mutex);
    while (!stopped.wait_for(lock, stop, kLookEvery, [] { return false; })) {
        if (stop.stop_requested()) return;
        Marks now = marks_of(files_);
        if (now == seen_) continue;
        seen_ = std::move(now);
        changed_();
    }
}

}  // namespace calm
