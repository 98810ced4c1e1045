package org.ringfence.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ringfence.checker.check.Registry;
import org.ringfence.cli.judge.Interrupt;

/** {@code run} plays the life of a VM, tells of it, logs it, and refuses what makes no sense. */
class RunLifeTest {
    @TempDir
    private Path folder = Path.of("");

    private Session.Ran run(Interrupt interrupt, String... more) {
        return new Session(folder, Registry::found, Map.of(), false, interrupt)
                .run(Stream.concat(Stream.of("run"), Stream.of(more)).toArray(String[]::new));
    }

    private Session.Ran life(String... more) {
        String[] given = {"--platform", "tdx", "--memory", "64m"};
        return run(new Interrupt(), Stream.concat(Stream.of(given), Stream.of(more)).toArray(String[]::new));
    }

    @Test
    void theReportTellsOfStagesOperationsExitsAndPages() {
        Session.Ran ran = life("--cpus", "2");
        assertThat(ran.exit()).as(ran.err()).isZero();
        assertThat(ran.out())
                .startsWith("tdx  life: whole")
                .contains("64 MiB, 2 vCPUs, accepts lazy, mapped in 2M, touches 32 pages random, seed 1")
                .containsPattern("stage +reclaim +[0-9,]+ operations")
                .containsPattern("operation +TDH.MNG.CREATE +1\n")
                .containsPattern("exit +ACCEPT_EPT_VIOLATION +[0-9]+\n")
                .containsPattern("pages +shared +4 MiB\n")
                .contains("leaked     no page");
    }

    @Test
    void theLogHasEveryOperationOnce() throws IOException {
        Session.Ran ran = life("--log", "events.jsonl", "--format", "json");
        JsonNode told = new ObjectMapper().readTree(ran.out());
        assertThat(told.get("exit").asInt()).isZero();
        Map<String, Long> logged = new HashMap<>();
        List<String> lines = Files.readAllLines(folder.resolve("events.jsonl"));
        for (String line : lines) {
            JsonNode event = new ObjectMapper().readTree(line);
            assertThat(event.fieldNames()).toIterable()
                    .containsExactly("n", "stage", "actor", "operation", "result");
            logged.merge(event.get("stage").asText(), 1L, Long::sum);
        }
        for (JsonNode stage : told.get("stages")) {
            assertThat(logged.get(stage.get("stage").asText())).isEqualTo(stage.get("operations").asLong());
        }
        assertThat(lines.getLast()).contains("MOVDIR64B");
    }

    @ParameterizedTest
    @CsvSource({
        "tdx, punch, true, pending",
        "tdx, remap, true, pending",
        "tdx, replay, true, poison",
        "tdx, drop-flush, false, TDX_TLB_TRACKING_NOT_DONE",
        "snp, punch, true, #VC 0x404",
        "snp, remap, true, nested page fault",
        "snp, replay, true, #VC 0x404",
        "snp, drop-flush, false, DF_FLUSH_REQUIRED"
    })
    void aMisdeedEndsAsIsPromised(String platform, String misdeed, boolean dies, String came) throws IOException {
        JsonNode told = new ObjectMapper().readTree(run(new Interrupt(), "--platform", platform, "--memory", "64m",
                "--inject", misdeed, "--format", "json").out());
        assertThat(told.get("exit").asInt()).isZero();
        assertThat(told.get("misdeed").get("came").asText()).contains(came);
        assertThat(told.has("death")).isEqualTo(dies);
        assertThat(told.get("leaked-pages").asInt()).isZero();
        assertThat(told.get("broken")).isEmpty();
    }

    @Test
    void anInterruptEndsItWithTheStagesSoFar() {
        Interrupt interrupt = new Interrupt();
        interrupt.request();
        Session.Ran ran = run(interrupt, "--platform", "tdx", "--memory", "64m");
        assertThat(ran.exit()).isEqualTo(3);
        assertThat(ran.err()).isEqualTo("ringfence run: interrupted in the stage host\n");
        assertThat(ran.out()).startsWith("tdx  life: stopped in the stage host").contains("stage      host");
    }

    @Test
    void theLimitOnTimeEndsItWithTheStagesSoFar() throws IOException {
        Session.Ran ran = life("--timeout", "1ms", "--format", "json");
        assertThat(ran.exit()).isEqualTo(3);
        JsonNode told = new ObjectMapper().readTree(ran.out());
        assertThat(told.get("stopped").asText()).isIn("host", "launch", "firmware");
        assertThat(told.get("stages")).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "--platform pkvm --memory 64m --accept lazy | --accept lazy makes no sense on pkvm",
        "--platform sev --memory 64m --accept below-4g | --accept below-4g makes no sense on sev",
        "--platform s390 --memory 64m | unknown platform 's390'; allowed for a VM's life are",
        "--platform tdx | needs --memory SIZE",
        "--platform tdx --memory 63m | allowed is a multiple of 2 MiB from 64 MiB to 1 TiB",
        "--platform tdx --memory 2t | allowed is a multiple of 2 MiB from 64 MiB to 1 TiB",
        "--platform tdx --memory 64m --cpus 0 | allowed are 1 to 256",
        "--platform tdx --memory 64m --cpus lscpu.txt | allowed are 1 to 256",
        "--platform tdx --memory 64m --accept now | allowed are lazy, eager, below-4g",
        "--platform tdx --memory 64m --pages 1g | allowed are 2m and 4k",
        "--platform tdx --memory 64m --touches 0 | allowed is 1 or more",
        "--platform tdx --memory 64m --inject TDH.SYS.CONFIG:1 | allowed are punch, remap, replay, drop-flush, and calls of leaf functions with --until bring-up",
        "--platform tdx --memory 64m --set flush=false | --set makes no sense for the life of a VM",
        "--platform tdx --memory 64m --log . | cannot be written",
        "--platform tdx --until bring-up --memory 64m | --memory makes no sense for --until bring-up"
    })
    void whatMakesNoSenseIsRefusedInOneSentence(String options, String sentence) {
        Session.Ran ran = run(new Interrupt(), options.split(" ", -1));
        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err()).contains(sentence).hasLineCount(1);
    }
}
