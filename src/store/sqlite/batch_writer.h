// Writes batches through the one read-write connection, with statements prepared once. It begins
// and ends transactions; what an error means for the batch is the journal's to say.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "store/journal.h"
#include "store/sqlite/database.h"

namespace calm::store {

class BatchWriter {
  public:
    // `database` must outlive it. Errors: sqlite_error().
    static Result<BatchWriter> prepare(Database& database);

    // The batch, from BEGIN to before COMMIT.
    Result<> write(const Batch& batch);
    Result<> commit() { return commit_.run(); }
    // Ends a transaction that failed, unless SQLite has already done so.
    void roll_back();

    // A commit that changes nothing but the count of marks, by 2. A batch without lines changes it
    // by 1, so whether it is odd tells, after any number of settlings, whether such a batch was
    // committed.
    Result<> mark();

    // Adds up the oldest `rows_max` rows of usage, in one transaction. The value: rows taken.
    Result<uint64_t> merge_usage(uint64_t rows_max);

  private:
    explicit BatchWriter(Database& database) : database_(&database) {}

    Result<> write_lines(const Batch& batch);
    Result<> write_subjects(const Batch& batch);
    Result<> write_records(const Batch& batch);
    Result<> write_usage(const Batch& batch);
    Result<> write_tree(const Batch& batch);

    Database* database_;
    Statement begin_, commit_, mark_;
    Statement insert_entry_, put_subject_, erase_subject_, wipe_due_;
    Statement put_record_, erase_record_, insert_usage_, put_tile_, put_tree_head_;
    Statement usage_end_, merge_usage_, delete_usage_;
};

}  // namespace calm::store
