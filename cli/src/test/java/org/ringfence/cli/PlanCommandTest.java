package org.ringfence.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ringfence.checker.check.Registry;
import org.ringfence.cli.judge.Interrupt;

/** {@code plan} compares policies of acceptance, and refuses what it cannot read in one sentence. */
class PlanCommandTest {
    @TempDir
    private Path folder = Path.of("");

    private Session.Ran run(Interrupt interrupt, String... words) {
        return new Session(folder, Registry::found, Map.of(), false, interrupt).run(words);
    }

    private Session.Ran plan(String... more) {
        return run(new Interrupt(), Stream.concat(Stream.of("plan", "--memory", "1g"), Stream.of(more))
                .toArray(String[]::new));
    }

    @Test
    void theTextHasPoliciesOverheadFiguresAndCosts() {
        Session.Ran ran = plan();
        assertThat(ran.exit()).as(ran.err()).isZero();
        assertThat(ran.out())
                .startsWith("plan for 1 GiB, 1 vCPU, private memory mapped in 2M\n")
                .containsPattern("\nsnp +lazy +128 MiB ")
                .containsPattern("\ntdx +below-4g ")
                .containsPattern("\nsnp +4 MiB +8 KiB +64 bytes +64 MiB\n")
                .containsPattern("64 GiB, eager to lazy +prediction +4 times +[0-9.]+ times +\\+[0-9]+ %  Phoronix")
                .containsPattern("\nVMRUN +1 us  assumed");
    }

    @Test
    void theJsonHasTheSameAndTakesAFileOfCosts() throws IOException {
        Files.writeString(folder.resolve("own.txt"), "exit = 100 us\nVMRUN = 2 us | published | a report\n");
        JsonNode usual = new ObjectMapper().readTree(plan("--platform", "snp", "--format", "json").out());
        JsonNode own = new ObjectMapper()
                .readTree(plan("--platform", "snp", "--format", "json", "--costs", "own.txt").out());
        assertThat(usual.get("plans")).hasSize(3);
        assertThat(usual.get("figures")).hasSize(13);
        for (int i = 0; i < 3; i++) {
            assertThat(own.get("plans").get(i).get("all-accepted-seconds").asDouble())
                    .isGreaterThan(usual.get("plans").get(i).get("all-accepted-seconds").asDouble());
        }
        assertThat(own.get("costs").findValuesAsText("source")).contains("a report");
    }

    @Test
    void aRunTellsTheModelledTimeOfItsStages() throws IOException {
        Files.writeString(folder.resolve("own.txt"), "VMRUN = 1 s\n");
        String[] words = {"run", "--platform", "snp", "--memory", "64m", "--format", "json", "--costs", "own.txt"};
        JsonNode told = new ObjectMapper().readTree(run(new Interrupt(), words).out());
        double all = 0;
        for (JsonNode stage : told.get("stages")) {
            all += stage.get("modelled-seconds").asDouble();
        }
        double entries = told.get("calls").get("VMRUN").asDouble();
        assertThat(all).isBetween(entries, entries + 1);
    }

    @Test
    void anInterruptEndsIt() {
        Interrupt interrupt = new Interrupt();
        interrupt.request();
        Session.Ran ran = run(interrupt, "plan", "--memory", "1g");
        assertThat(ran.exit()).isEqualTo(3);
        assertThat(ran.err()).isEqualTo("ringfence plan: interrupted\n");
        assertThat(ran.out()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "--platform cca | unknown platform 'cca'; allowed for a plan are snp, tdx",
        "--platform snp, | unknown platform ''",
        "--platform snp,snp | names a platform twice",
        "--memory 3m | allowed is a multiple of 2 MiB",
        "--cpus 0 | allowed are 1 to 256",
        "--pages 1g | allowed are 2m and 4k",
        "--costs . | is a directory",
        "--costs no.txt | there is no such file",
        "--costs bad.txt | bad.txt:2:1: 'VMRUN 1 us' is no cost; allowed is NAME = AMOUNT UNIT"
    })
    void whatMakesNoSenseIsRefusedInOneSentence(String options, String sentence) throws IOException {
        Files.writeString(folder.resolve("bad.txt"), "# rows\nVMRUN 1 us\n");
        String[] words = Stream.concat(
                Stream.of("plan"),
                Stream.of((options.contains("--memory") ? options : "--memory 1g " + options).split(" ", -1)))
                .toArray(String[]::new);
        Session.Ran ran = run(new Interrupt(), words);
        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err()).contains(sentence).hasLineCount(1);
    }
}
