// Names: one spelling each, found again, forgotten on demand.
#include "server/name_index.h"

#include <map>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace calm {
namespace {

TEST(NormalisedName, composed_and_decomposed_letters_are_one_name) {
    EXPECT_EQ(normalised_name("chlo\xCC\x81"), normalised_name("chl\xC3\xB3"));
    EXPECT_NE(normalised_name("Anna"), normalised_name("anna"));
}

TEST(NormalisedName, what_is_no_name_is_refused) {
    for (const char* bad : {"", " anna", "anna ", "an\nna", "an\x7Fna", "\xC2\x85", "\xFF",
                            "\xED\xA0\x80", "a\xE2\x80\xA8z"}) {
        ASSERT_FALSE(normalised_name(bad)) << bad;
        EXPECT_EQ(normalised_name(bad).error().code, "bad_name");
    }
    EXPECT_TRUE(normalised_name(std::string(256, 'a')));
    EXPECT_FALSE(normalised_name(std::string(257, 'a')));
}

TEST(NameIndex, a_user_and_a_device_may_share_a_name) {
    NameIndex index;
    index.add({1}, HolderKind::user, "lab");
    index.add({2}, HolderKind::device, "lab");
    EXPECT_EQ(index.find(HolderKind::user, "lab"), SubjectId{1});
    EXPECT_EQ(index.find(HolderKind::device, "lab"), SubjectId{2});
    EXPECT_EQ(index.find(HolderKind::station, "lab"), SubjectId{});
}

TEST(NameIndex, a_name_that_is_borne_already_is_not_added) {
    NameIndex index;
    EXPECT_TRUE(index.add_if_new({1}, HolderKind::user, "anna"));
    EXPECT_FALSE(index.add_if_new({2}, HolderKind::user, "anna"));
    EXPECT_EQ(index.find(HolderKind::user, "anna"), SubjectId{1});
    EXPECT_EQ(index.name({2}), "");
}

RC_GTEST_PROP(NameIndex, agrees_with_a_map_through_adding_erasing_and_undoing, ()) {
    NameIndex index;
    std::map<std::string, uint32_t> model;
    uint32_t count = 0;
    for (int i = 0; i < 300; ++i) {
        const auto name = "n" + std::to_string(*rc::gen::inRange(0, 400));
        switch (*rc::gen::inRange(0, 8)) {
            case 0:
                if (model.contains(name)) index.erase({model[name]});
                model.erase(name);
                break;
            case 1: {
                const auto keep = *rc::gen::inRange<uint32_t>(count / 2, count + 1);
                std::erase_if(model, [&](const auto& each) { return each.second > keep; });
                index.shrink(keep);
                count = keep;
                break;
            }
            default:
                if (model.contains(name)) break;
                model[name] = ++count;
                index.add({count}, HolderKind::user, name);
        }
        const auto found = index.find(HolderKind::user, name);
        RC_ASSERT(found.value == (model.contains(name) ? model[name] : 0));
    }
    for (const auto& [name, subject] : model)
        RC_ASSERT(index.name({subject}) == name);
}

TEST(NameIndex, an_erased_name_can_be_brought_back) {
    NameIndex index;
    index.add({1}, HolderKind::user, "anna");
    index.add({2}, HolderKind::user, "bruno");
    index.erase({1});
    EXPECT_EQ(index.find(HolderKind::user, "anna"), SubjectId{});
    index.restore({1}, HolderKind::user, "anna");
    EXPECT_EQ(index.find(HolderKind::user, "anna"), SubjectId{1});
    EXPECT_EQ(index.name({2}), "bruno");
}

TEST(NameIndex, grows_past_many_blocks) {
    NameIndex index;
    for (uint32_t i = 1; i <= 200'000; ++i) {
        index.add({i}, HolderKind::user, "user-with-a-long-name-" + std::to_string(i));
    }
    for (uint32_t i = 1; i <= 200'000; i += 997) {
        EXPECT_EQ(index.find(HolderKind::user, "user-with-a-long-name-" + std::to_string(i)).value,
                  i);
    }
}

}  // namespace
}  // namespace calm
