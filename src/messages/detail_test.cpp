// Details in French: values in their places, sentences within sentences, and whatever the outside
// puts into them.
#include "messages/detail.h"

#include <fstream>
#include <sstream>

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace calm {
namespace {

std::string french(std::string_view english) {
    return translated_detail(Language::fr, english);
}

TEST(Detail, english_stays_as_it_is) {
    EXPECT_EQ(translated_detail(Language::en, "there is no CAL `7`"), "there is no CAL `7`");
    EXPECT_EQ(translated_detail(Language::en, ""), "");
}

TEST(Detail, a_sentence_without_values_has_its_french) {
    EXPECT_EQ(french("the body is empty"), "le corps est vide");
}

TEST(Detail, values_stand_where_the_french_wants_them) {
    EXPECT_EQ(french("there is no CAL `7`"), "il n'y a pas de CAL `7`");
    EXPECT_EQ(french("order A-1 has 5 left, not 8"), "il reste 5 à la commande A-1, et non 8");
    EXPECT_EQ(french("the log's 4 entries are not those that the tree head of 9 signs"),
              "les 4 écritures du journal ne sont pas celles que signe la tête d'arbre de 9");
}

TEST(Detail, the_template_that_says_most_is_the_one_that_was_meant) {
    // Also "`{}` {}" and "{}: {}" fit these.
    EXPECT_EQ(french("`/etc/a b` is not a database"), "`/etc/a b` n'est pas une base de données");
    EXPECT_EQ(french("line 3: `port` is no setting"), "ligne 3 : `port` n'est pas un réglage");
}

TEST(Detail, what_is_put_into_a_sentence_is_translated_too) {
    EXPECT_EQ(french("`name` is not a text"), "`name` n'est pas un texte");
    EXPECT_EQ(french("`prodcut` is not a field here; did you mean `product`?"),
              "`prodcut` n'est pas un champ ici ; vouliez-vous dire `product` ?");
    EXPECT_EQ(french("/etc/calm/calmd.toml: line 3: `port` is no setting"),
              "/etc/calm/calmd.toml : ligne 3 : `port` n'est pas un réglage");
    EXPECT_EQ(french("entry 4: pack 2 has no free seat"),
              "écriture 4 : le pack 2 n'a aucune place libre");
    EXPECT_EQ(french("line 2: `port` of [host] is not a whole number from 1 to 65535"),
              "ligne 2 : `port` de [host] n'est pas un nombre entier de 1 à 65535");
}

TEST(Detail, what_stands_before_a_colon_is_around_the_rest) {
    EXPECT_EQ(french("line 1: the product is missing"), "ligne 1 : il manque le produit");
    EXPECT_EQ(french("a.calm: line 1: how many is missing"),
              "a.calm : ligne 1 : il manque le nombre");
    EXPECT_EQ(french("`a: b` is empty"), "`a: b` est vide");
}

TEST(Detail, several_lines_are_several_details) {
    EXPECT_EQ(french("a.toml:2: `title` is not a text\na.toml:3: b\n\nthe body is empty"),
              "a.toml:2 : `title` n'est pas un texte\na.toml:3: b\n\nle corps est vide");
    EXPECT_EQ(french("a.toml:1: `a` is not known here; did you mean `b`?\na.toml:2: is empty"),
              "a.toml:1 : `a` n'est pas connu ici ; vouliez-vous dire `b` ?\na.toml:2 : est vide");
    EXPECT_EQ(french("nobody knows\nthis"), "nobody knows\nthis");
    EXPECT_EQ(french("\n"), "\n");
}

TEST(Detail, what_the_system_and_its_libraries_say_is_french_where_it_is_known) {
    EXPECT_EQ(french("could not open `/var/lib/calm`: Permission denied"),
              "échec de l'opération « ouvrir » sur `/var/lib/calm` : l'accès est refusé");
    EXPECT_EQ(
        french("Failed to connect to a.example port 7443 after 3 ms: Couldn't connect to server"),
        "la connexion à a.example, port 7443, a échoué après 3 ms : "
        "le serveur n'accepte pas la connexion");
}

TEST(Detail, somebodys_own_word_stays_as_it_is) {
    EXPECT_EQ(french("nobody is in a group `the pack`"),
              "personne n'est dans un groupe `the pack`");
    EXPECT_EQ(french("`{0}{}` is not defined here"), "`{0}{}` n'est pas défini ici");
    EXPECT_EQ(french("there is no CAL `7` is missing`"), "il n'y a pas de CAL `7` is missing`");
    EXPECT_EQ(french("the account `a` exists` exists"), "le compte `a` exists` existe");
}

TEST(Detail, a_sentence_that_is_not_known_stays_english) {
    EXPECT_EQ(french("somebody wrote this elsewhere"), "somebody wrote this elsewhere");
    // "{}: {}" and "`{}` {}" fit, and say nothing of what they join.
    EXPECT_EQ(french("a: b"), "a: b");
    EXPECT_EQ(french("`a` b"), "`a` b");
    EXPECT_EQ(french(""), "");
    EXPECT_EQ(french("x: the body is empty"), "x : le corps est vide");
}

TEST(Detail, what_is_french_already_stays_so) {
    for (const std::string_view each :
         {"line 3: `port` is no setting", "`name` is not a text",
          "entry 4: the host does not exist", "there is no terminal to ask on; use --yes"}) {
        const std::string once = french(each);
        EXPECT_NE(once, each);
        EXPECT_EQ(french(once), once);
    }
}

TEST(Detail, hostile_text_ends_and_stays_bounded) {
    const std::string longest(kDetailTranslatedMax + 1, 'x');
    EXPECT_EQ(french("line 3: " + longest), "line 3: " + longest);
    for (const std::string_view part :
         {": ", "` ", "`", "line 1: ", "`a` of b ", "; ", "{}", "{0}", "\xff", "entry "}) {
        std::string text;
        while (text.size() + part.size() <= kDetailTranslatedMax)
            text += part;
        EXPECT_LT(french(text).size(), 4 * kDetailTranslatedMax);
        EXPECT_FALSE(french(text + "is empty").empty());
    }
}

// With values that are no sentences, every template leads to its own French and to all its values.
TEST(Detail, every_template_of_the_catalogue_finds_its_french) {
    std::ifstream file(CALM_SOURCE_DIR "/i18n/details.fr.json");
    std::stringstream json;
    json << file.rdbuf();
    size_t count = 0;
    const auto catalogue = boost::json::parse(json.str());
    for (const auto& part : catalogue.as_object()) {
        for (const auto& [key, value] : part.value().as_object()) {
            std::string english(key);
            std::string expected(value.as_string());
            if (english.find_first_not_of("{}`:;,.(…) ") == std::string::npos) continue;
            for (int i = 0; english.find("{}") != std::string::npos; ++i) {
                const std::string filler = "9" + std::to_string(i);
                english.replace(english.find("{}"), 2, filler);
                const std::string number = "{" + std::to_string(i) + "}";
                const bool numbered = expected.find(number) != std::string::npos;
                const std::string blank = numbered ? number : "{}";
                expected.replace(expected.find(blank), blank.size(), filler);
            }
            const bool joins =
                english != key && std::ranges::count_if(std::string(key), [](unsigned char c) {
                                      return std::isalpha(c) != 0;
                                  }) < 4;
            EXPECT_EQ(french(english), joins ? english : expected);
            ++count;
        }
    }
    EXPECT_GT(count, 1000U);
}

}  // namespace
}  // namespace calm
