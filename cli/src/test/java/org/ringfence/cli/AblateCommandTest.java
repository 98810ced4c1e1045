package org.ringfence.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ringfence.checker.check.Registry;
import org.ringfence.cli.judge.Interrupt;

class AblateCommandTest {
    @TempDir
    private Path folder = Path.of("");

    private Session session() {
        return new Session(folder, Registry::found, Map.of(), false, new Interrupt()).having("twice", """
                question: Can two TDs have one KeyID?
                asked: here
                machine: {pages: 1, frames: 11}
                platforms:
                  tdx-module: {tds: 2, ablate: [mng-create-keyid-is-free]}
                actors:
                  - name: host
                    principal: host
                    script:
                      - TDH.MNG.CREATE rcx=0x40000000 rdx=0x3
                      - TDH.MNG.CREATE rcx=0x40001000 rdx=0x3
                expect:
                  - {threat: honest-host, platform: tdx-module, violated: [accounting]}
                """);
    }

    @Test
    void aCheckThatIsNeededIsToldWithTheSequenceThatBreaksWithoutIt() {
        Session.Ran ran = session().run(
                "ablate", "--platform", "tdx", "--operations", "20000", "--guard", "aug-frame-is-free");
        assertThat(ran.out())
                .contains("without it injectivity breaks after 2 operations")
                .contains("    host   TDH.MEM.PAGE.AUG td=0 rcx=0x0 frame=0\n")
                .endsWith(
                        "tdx: 1 checks, of which 1 break a random sequence, 0 a case, 0 are explained by a reason, 0 by nothing\n");
        assertThat(ran.exit()).isZero();
    }

    @Test
    void aCheckOfTheModuleIsLookedForOnTheModulesMachinesToo() {
        Session.Ran ran = session().run(
                "ablate", "--platform", "tdx", "--operations", "200000", "--guard", "config-pamts-are-apart");
        assertThat(ran.out()).contains("without it accounting breaks")
                .contains("on a machine of tdx-module, 'bring-up");
        assertThat(ran.exit()).isZero();
    }

    @Test
    void pagesThatAreNotAlikeMakeALargePageWhoseAddressTheTableHolds() {
        Session.Ran ran = session().run("ablate", "--platform", "snp", "--guard", "unsmash-pages-are-alike");
        assertThat(ran.out()).contains("without it ").contains("SNP_PAGE_UNSMASH").endsWith(", 0 by nothing\n");
        assertThat(ran.exit()).isZero();
    }

    @Test
    void aCheckThatNothingNeedsIsToldWithItsReason() {
        Session.Ran ran = session().run(
                "ablate", "--platform", "tdx", "--operations", "20000", "--guard", "cache-wb-has-keyids");
        assertThat(ran.out()).contains("without it nothing breaks: a cache is written back for nothing");
        assertThat(ran.exit()).isZero();
    }

    @Test
    void aCaseThatNamesTheCheckBreaksWhenTheCheckIsBack() {
        Session.Ran ran = session().run(
                "ablate", "--platform", "tdx", "--operations", "1", "--seed", "2", "--guard",
                "mng-create-keyid-is-free");
        assertThat(ran.out()).contains("without it twice: not accounting violated under honest-host");
        assertThat(ran.exit()).isZero();
    }

    @Test
    void aCheckWithNeitherIsUnmet() {
        Session.Ran ran = session().run(
                "ablate", "--platform", "tdx", "--operations", "1", "--guard", "track-previous-epoch-is-over");
        assertThat(ran.out()).contains("without it nothing breaks, and nobody says why");
        assertThat(ran.exit()).isEqualTo(1);
    }

    @Test
    void jsonHasTheSameSteps() throws IOException {
        Session.Ran ran = session().run(
                "ablate", "--platform", "tdx", "--operations", "20000", "--format", "json", "--guard",
                "aug-frame-is-free,cache-wb-has-keyids");
        JsonNode report = new ObjectMapper().readTree(ran.out());
        assertThat(report.path("platform").asText()).isEqualTo("tdx");
        assertThat(report.path("guards")).hasSize(2);
        JsonNode first = report.path("guards").path(0);
        assertThat(first.path("by").asText()).isEqualTo("sequence");
        assertThat(first.path("breaks").asText()).isEqualTo("injectivity");
        assertThat(first.path("steps")).hasSize(2);
        assertThat(report.path("guards").path(1).path("by").asText()).isEqualTo("reason");
    }

    @Test
    void theSameSeedTellsTheSame() {
        String[] words = {
            "ablate", "--platform", "tdx", "--operations", "20000", "--guard", "aug-entry-is-free,sys-init-is-first"
        };
        assertThat(session().run(words).out()).isEqualTo(session().run(words).out());
    }

    @Test
    void unknownNamesAreToldWithWhatIsAllowed() {
        assertThat(session().run("ablate", "--platform", "sgx").err())
                .startsWith(
                        "ringfence ablate: unknown platform 'sgx'; allowed are tdx, tdx-module, snp, sev, cca, pkvm, s390; ");
        assertThat(session().run("ablate", "--platform", "tdx", "--guard", "all").err())
                .startsWith("ringfence ablate: unknown guard 'all' of platform tdx; allowed are td-is-not-fatal, ");
        assertThat(session().run("ablate", "--platform", "tdx", "--operations", "0").exit()).isEqualTo(2);
    }

    @Tag("soak")
    @ParameterizedTest
    @ValueSource(strings = {"tdx", "snp", "sev", "cca", "pkvm", "s390"})
    void noCheckIsLeftThatNothingNeedsAndNobodyExplains(String platform) {
        Session catalogue = new Session(Session.repository(), Registry::found, Map.of(), false, new Interrupt());
        Session.Ran ran = catalogue.run("ablate", "--platform", platform);
        assertThat(ran.out()).contains(", 0 by nothing").doesNotContain("nobody says why");
        assertThat(ran.exit()).isZero();
    }
}
