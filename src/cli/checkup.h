// Checkup: what `calm doctor` looks at, one finding each, with the mend. The local checks need no
// server; none of them changes anything but a small file in the data directory that it deletes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "base/bytes.h"
#include "base/instant.h"
#include "cli/server_file.h"
#include "messages/finding.h"

namespace calm::cli {

// The data directory: there, private, on a local file system, with room, and honest about fsync.
Findings check_data_directory(const std::filesystem::path& directory);

// Whether the kernel's clock is kept in step by something.
Finding check_clock_synchronised();

// The library that the ledger lies in.
Finding check_sqlite();

// The server's certificate file: readable, and for how long it is valid. Nothing when it does not
// exist or may not be read.
Findings check_certificate(const std::filesystem::path& file, Instant now);

// SHA-256 of the certificate in a PEM file; nothing when there is none to read.
std::optional<Hash> certificate_hash(const std::filesystem::path& file);

// Whether the server shows that certificate on its port.
Finding check_tls(const std::string& address, uint16_t port, const Hash& certificate);

// The Unix socket: there, a socket, and who may write to it.
Finding check_socket(const std::filesystem::path& socket);

// What the server says of itself: GET /v1/status.
Findings check_status(const boost::json::value& status);

}  // namespace calm::cli
