// Sealed files: what the host keeps, under a signature of its own key, so that a file that was
// edited, moved to another host or cut short counts as absent. Written whole: a temporary file,
// fsync, rename. Blocking.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/instant.h"
#include "base/result.h"
#include "documents/crypto.h"

namespace calm {

// `purpose` keeps a file from passing for another kind. Mode 0600. Errors: `host_file_unwritable`.
Result<> write_sealed_file(const std::string& path, const SecretKey& key, std::string_view purpose,
                           std::string_view content);

struct SealedFile {
    std::string content;
    Instant changed;  // the inode's time of change, which copying and renaming renew
};

// Errors: `host_state_malformed`: it is not there, or nothing that this key sealed for this
// purpose.
Result<SealedFile> read_sealed_file(const std::string& path, const PublicKey& key,
                                    std::string_view purpose);

// Plain files of the host. Errors: `host_file_unwritable`, `host_file_unreadable`.
Result<> write_file(const std::string& path, std::string_view content, unsigned mode);
Result<std::string> read_file(const std::string& path, size_t size_max);

// Makes a directory unless it is there. Errors: `host_file_unwritable`.
Result<> make_directory(const std::string& path, unsigned mode = 0700);

}  // namespace calm
