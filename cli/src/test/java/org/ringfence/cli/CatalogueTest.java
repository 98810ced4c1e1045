package org.ringfence.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ringfence.cli.casefile.BadInput;
import org.ringfence.cli.casefile.Catalogue;

class CatalogueTest {
    @TempDir
    private Path folder = Path.of("");

    @BeforeEach
    void aCatalogue() {
        Session session = Session.in(folder);
        for (String name : List.of("acceptance/one", "acceptance/one-repaired", "acceptance/two", "tdx/two",
                "lazy/deep/three")) {
            session.having(name, "");
        }
    }

    private Catalogue catalogue() {
        return new Catalogue(folder, folder.resolve("cases/acceptance"));
    }

    private static List<String> names(List<Catalogue.Named> named) {
        return named.stream().map(Catalogue.Named::name).toList();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
        "acceptance/one          | acceptance/one",
        "acceptance/*            | acceptance/one acceptance/one-repaired acceptance/two",
        "*                       | acceptance/one acceptance/one-repaired acceptance/two lazy/deep/three tdx/two",
        "*-repaired              | acceptance/one-repaired",
        "t*                      | acceptance/two lazy/deep/three tdx/two",
        "lazy/**                 | lazy/deep/three",
        "{tdx,lazy/deep}/*       | lazy/deep/three tdx/two",
        "*/t[vw]o                | acceptance/two tdx/two",
        "three                   | lazy/deep/three",
        "two.yaml                | acceptance/two",
        "../tdx/two.yaml         | tdx/two",
        "/nowhere/else.yaml      | else",
    })
    void aNameAGlobOrAFileSelectsCases(String argument, String expected) throws BadInput {
        assertThat(String.join(" ", names(catalogue().select(List.of(argument))))).isEqualTo(expected);
    }

    @Test
    void everyCaseIsMeantWhenNoneIsNamedAndNoneTwice() throws BadInput {
        assertThat(catalogue().select(List.of())).hasSize(5);
        assertThat(catalogue().select(List.of("acceptance/*", "acceptance/one", "one.yaml"))).hasSize(3);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "acceptance       | acceptance: is a folder of cases; 'acceptance/*' names all that are in it",
        ".                | .: is a directory; name a case file, or a glob such as 'acceptance/*'",
        "two              | two: there is no such case or file; close are acceptance/two, tdx/two",
        "x/one            | x/one: there is no such case or file; close are acceptance/one, acceptance/one-repaired",
        "snp/*            | snp/*: no case has such a name; 'ringfence list' names them all",
    })
    void whatNamesNoCaseIsToldOf(String argument, String sentence) {
        assertThatThrownBy(() -> catalogue().select(List.of(argument)))
                .isInstanceOfSatisfying(BadInput.class, bad -> assertThat(bad.problem()).hasToString(sentence));
    }

    @Test
    void aFileIsNamedAsTheUserWouldNameIt() throws BadInput {
        assertThat(catalogue().select(List.of("two.yaml")).getFirst().file()).isEqualTo("two.yaml");
        Catalogue fromHome = new Catalogue(folder, folder);
        assertThat(fromHome.select(List.of("acceptance/two")).getFirst().file()).isEqualTo("cases/acceptance/two.yaml");
        assertThat(Files.exists(Path.of(catalogue().select(List.of("tdx/two")).getFirst().file()))).isTrue();
    }
}
