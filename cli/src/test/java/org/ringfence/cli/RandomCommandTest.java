package org.ringfence.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ringfence.checker.check.Registry;
import org.ringfence.cli.judge.Interrupt;

class RandomCommandTest {
    @TempDir
    private Path folder = Path.of("");

    private Session session() {
        return new Session(folder, Registry::found, Map.of(), false, new Interrupt());
    }

    @Test
    void whatARandomRunBreaksIsWrittenAsACaseThatCheckFindsViolated() throws IOException {
        Session.Ran random = session().run(
                "random", "--platform", "tdx", "--operations", "50000", "--ablate", "aug-frame-is-free", "--out",
                "found.yaml");
        assertThat(random.exit()).isEqualTo(1);
        assertThat(random.out()).contains("injectivity violated")
                .contains(Files.readString(folder.resolve("found.yaml")));

        Session.Ran checked = session().run("check", "found.yaml");
        assertThat(checked.out()).contains("injectivity violated, as expected")
                .contains("with aug-frame-is-free switched off");
        assertThat(checked.exit()).isZero();
    }

    @Test
    void theSameCaseIsNotViolatedOnceTheCheckIsBack() throws IOException {
        session().run("random", "--platform", "tdx", "--operations", "50000", "--ablate", "aug-frame-is-free", "--out",
                "found.yaml");
        String text = Files.readString(folder.resolve("found.yaml"));
        Files.writeString(folder.resolve("found.yaml"), text.replace("ablate: [aug-frame-is-free]", ""));
        assertThat(session().run("check", "found.yaml").exit()).isEqualTo(1);
    }

    @Test
    void aRunThatBreaksNothingTellsWhatItHasSeen() {
        Session.Ran ran = session().run("random", "--platform", "snp", "--operations", "20000", "--seed", "2");
        assertThat(ran.out()).contains("operations in").contains("nothing broke").contains("  RMPUPDATE: ");
        assertThat(ran.exit()).isZero();
    }

    @Test
    void unknownNamesAreToldWithWhatIsAllowed() {
        assertThat(session().run("random", "--platform", "sgx").err())
                .isEqualTo(
                        "ringfence random: unknown platform 'sgx'; allowed are tdx, tdx-module, snp, sev, cca; 'ringfence random --help' tells what is allowed\n");
        assertThat(session().run("random", "--platform", "tdx", "--ablate", "all").err())
                .startsWith("ringfence random: unknown guard 'all' of platform tdx; allowed are td-is-not-fatal, ");
        assertThat(session().run("random", "--platform", "tdx", "--operations", "0").exit()).isEqualTo(2);
    }

    @Test
    void explainTellsOfScriptsAndOfWhatIsSwitchedOff() {
        session().run("random", "--platform", "tdx", "--operations", "50000", "--ablate", "aug-frame-is-free", "--out",
                "found.yaml");
        assertThat(session().run("explain", "found.yaml").out())
                .contains("switched off: aug-frame-is-free, which refuses with TDX_PAGE_METADATA_INCORRECT: ")
                .contains("host: host software, follows a script\n    TDH.MEM.PAGE.AUG td=0 rcx=");
    }
}
