package org.ringfence.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ringfence.checker.check.Registry;
import org.ringfence.cli.judge.Interrupt;

/** {@code run} brings hosts up, unwinds what fails, and refuses what is no host. */
class RunCommandTest {
    private static final String SMALL = "samples/hosts/one-package-efi/";
    private static final String LARGE = "samples/hosts/two-packages-1tib/";

    @TempDir
    private Path folder = Path.of("");

    private static Session.Ran run(Path where, String memory, String cpus, String... more) {
        String[] given = {"run", "--platform", "tdx", "--until", "bring-up", "--memory-map", memory, "--cpus", cpus};
        return new Session(where, Registry::found, Map.of(), false, new Interrupt())
                .run(Stream.concat(Stream.of(given), Stream.of(more)).toArray(String[]::new));
    }

    private static Session.Ran sample(String sample, String... more) {
        return run(Session.repository(), sample + "dmesg.txt", sample + "lscpu.txt", more);
    }

    private static JsonNode json(String sample, String... more) throws IOException {
        String[] all = Stream.concat(Stream.of(more), Stream.of("--format", "json")).toArray(String[]::new);
        return new ObjectMapper().readTree(sample(sample, all).out());
    }

    @Test
    void twoPackagesWithOneTebibyteAreBroughtUp() {
        Session.Ran ran = sample(LARGE);
        assertThat(ran.out())
                .startsWith("tdx  bring-up: ready")
                .contains("224 of 224 online, in 2 packages")
                .contains("3 regions over 1 TiB")
                .contains("TDH.SYS.LP.INIT            224")
                .contains("TDH.SYS.KEY.CONFIG           2")
                .contains("TDH.SYS.TDMR.INIT      262,144")
                .contains("PAMT       4,303,376,384 bytes, 4.01 GiB: 1/255.5 of the TDMRs, 0.39 %")
                .contains("injected   no failure");
        assertThat(ran.err()).startsWith("tdx bring-up: ");
        assertThat(ran.exit()).isZero();
    }

    @Test
    void theReportInJsonTellsTheSame() throws IOException {
        JsonNode told = json(SMALL);
        assertThat(told.get("exit").asInt()).isZero();
        assertThat(told.get("end").get("stage").asText()).isEqualTo("ready");
        assertThat(told.get("packages").asInt()).isEqualTo(1);
        long tdmrs = told.get("tdmr-bytes").asLong();
        assertThat(told.get("calls").get("TDH.SYS.TDMR.INIT").asLong()).isEqualTo(tdmrs >> 22);
        assertThat((double) told.get("pamt-bytes").asLong() / tdmrs).isBetween(1 / 256.0, 1.01 / 256);
        long reserved = 0;
        for (JsonNode tdmr : told.get("tdmrs")) {
            for (JsonNode area : tdmr.get("reserved")) {
                reserved += area.get("size").asLong();
            }
        }
        assertThat(told.get("td-bytes").asLong()).isEqualTo(tdmrs - reserved);
        assertThat(told.get("broken")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "TDH.SYS.INIT:1, processors, false, false",
        "TDH.SYS.LP.INIT:7, processors, false, false",
        "TDH.SYS.RD:2, metadata, false, false",
        "TDH.SYS.CONFIG:1, config, false, true",
        "TDH.SYS.KEY.CONFIG:1=TDX_KEY_GENERATION_FAILED, global-key, true, true",
        "TDH.SYS.TDMR.INIT:1, tdmr-init, true, true",
        "TDH.SYS.TDMR.INIT:4097, tdmr-init, true, true"
    })
    void aFailureAnywhereIsUnwoundAsFarAsItHadCome(String inject, String stage, boolean flushed, boolean freed)
            throws IOException {
        JsonNode told = json(SMALL, "--inject", inject);
        assertThat(told.get("exit").asInt()).isEqualTo(1);
        assertThat(told.get("injected").asInt()).isEqualTo(1);
        JsonNode end = told.get("end");
        assertThat(end.get("stage").asText()).isEqualTo(stage);
        assertThat(end.get("errno").asText()).isEqualTo("-EIO");
        assertThat(end.get("flushed").asBoolean()).isEqualTo(flushed);
        assertThat(end.get("freed").asBoolean()).isEqualTo(freed);
        String[] parts = inject.split("[:=]", -1);
        assertThat(told.get("failure").get("call").asText()).startsWith(parts[0]);
        assertThat(told.get("failure").get("number").asText()).isEqualTo(parts[1]);
        assertThat(told.get("failure").get("result").asText())
                .startsWith(parts.length > 2 ? parts[2] : "TDX_SYS_BUSY");
    }

    @Test
    void aFailureThatNeverComesAboutIsToldOf() {
        Session.Ran ran = sample(SMALL, "--inject", "TDH.SYS.KEY.CONFIG:2");
        assertThat(ran.out()).contains("injected   no failure")
                .contains("call 2 of TDH.SYS.KEY.CONFIG, which was to fail, was never made: there were 1");
        assertThat(ran.exit()).isZero();
    }

    @Test
    void anInterruptEndsIt() {
        Interrupt interrupt = new Interrupt();
        interrupt.request();
        Session.Ran ran = new Session(Session.repository(), Registry::found, Map.of(), false, interrupt)
                .run("run", "--platform", "tdx", "--until", "bring-up", "--memory-map", SMALL + "dmesg.txt",
                        "--cpus", SMALL + "lscpu.txt");
        assertThat(ran).isEqualTo(new Session.Ran(3, "", "ringfence run: interrupted at the making of the machine\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"TDH.SYS.INIT:1", "TDH.SYS.LP.INIT:1", "TDH.SYS.LP.INIT:3", "TDH.SYS.KEY.CONFIG:1"})
    void aCallThatIsMadeAgainIsANewCallAndDoesNotFailAgain(String call) throws IOException {
        JsonNode told = json(SMALL, "--inject", call + "=TDX_RND_NO_ENTROPY", "--set", "entropy=retry");
        assertThat(told.get("exit").asInt()).isZero();
        assertThat(told.get("injected").asInt()).isOne();
    }

    @Test
    void theLimitOnTimeEndsItAndTheReportSaysWhere() throws IOException {
        Session.Ran ran = sample(SMALL, "--format", "json", "--timeout", "1ms");
        assertThat(ran.exit()).isEqualTo(3);
        assertThat(ran.err()).startsWith("ringfence run: the limit on time was reached at ");
        JsonNode told = new ObjectMapper().readTree(ran.out());
        assertThat(told.get("exit").asInt()).isEqualTo(3);
        assertThat(told.get("stopped").asText()).startsWith("the limit on time was reached at ");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aFileWithoutEndIsRefusedByItsSize() {
        for (boolean memory : List.of(true, false)) {
            Session.Ran ran = run(Session.repository(), memory ? "/dev/zero" : SMALL + "dmesg.txt",
                    memory ? SMALL + "lscpu.txt" : "/dev/zero");
            assertThat(ran.exit()).isEqualTo(2);
            assertThat(ran.err()).startsWith("/dev/zero: is larger than the 64 MiB that are allowed for ")
                    .hasLineCount(1);
        }
    }

    @Test
    void aHostThatCannotBeIsRefusedWithFileAndLine() throws IOException {
        Files.writeString(folder.resolve("map.txt"),
                "BIOS-e820: [mem 0x0-0xfff] usable\nBIOS-e820: [mem 0x100000-0xfffffffffff] usable\n");
        Session.Ran ran = run(folder, "map.txt", Session.repository().resolve(SMALL + "lscpu.txt").toString());
        assertThat(ran).isEqualTo(new Session.Ran(
                2, "", "map.txt:2:1: the host has 15 TiB of memory; allowed are 4 at most\n"));
    }

    @Test
    void linesThatEndWithACarriageReturnAloneAreCounted() throws IOException {
        Files.write(folder.resolve("map.txt"), "a\rb\r\nc\n\u00FF".getBytes(StandardCharsets.ISO_8859_1));
        Session.Ran ran = run(folder, "map.txt", "none");
        assertThat(ran.err()).startsWith("map.txt:4:1: the byte 0xFF is not UTF-8");
    }

    @Test
    void entropyThatFailsOnceIsRetriedWhereThatIsChosen() throws IOException {
        String once = "TDH.SYS.KEY.CONFIG:1=TDX_KEY_GENERATION_FAILED";
        assertThat(json(SMALL, "--inject", once).get("exit").asInt()).isEqualTo(1);
        JsonNode retried = json(SMALL, "--inject", once, "--set", "entropy=retry");
        assertThat(retried.get("exit").asInt()).isZero();
        assertThat(retried.get("calls").get("TDH.SYS.KEY.CONFIG").asInt()).isEqualTo(2);
    }

    @Test
    void aPackageWithoutAProcessorOnlineIsFoundOutAtTheFirstTdmrInitUnlessOneIsTakenOnline() throws IOException {
        String cpus = Files.readString(Session.repository().resolve(LARGE + "lscpu.txt")).replaceAll(
                "(?m)^(\\d+,\\d+,1,1),Y$", "$1,N");
        Files.writeString(folder.resolve("lscpu.txt"), cpus);
        Files.copy(Session.repository().resolve(SMALL + "dmesg.txt"), folder.resolve("dmesg.txt"));
        Session.Ran first = run(folder, "dmesg.txt", "lscpu.txt");
        assertThat(first.exit()).isEqualTo(1);
        assertThat(first.out()).contains("112 of 224 online").contains("failed at config with -EIO")
                .contains("TDX_SYS_CONFIG_NOT_PENDING");
        // A module that takes processors as they come finds out later.
        Session.Ran later = run(folder, "dmesg.txt", "lscpu.txt", "--set", "module=hot-plug");
        assertThat(later.exit()).isEqualTo(1);
        assertThat(later.out()).contains("failed at tdmr-init with -EIO").contains("TDX_SYS_NOT_READY");
        Session.Ran online = run(
                folder, "dmesg.txt", "lscpu.txt", "--set", "module=hot-plug", "--set", "packages=taken-online");
        assertThat(online.out()).contains("tdx  bring-up: ready");
        assertThat(online.exit()).isZero();
    }

    @Test
    void aMissingFlushIsToldOfAlthoughTheModuleIsReady() {
        Session.Ran ran = sample(SMALL, "--set", "flush=false");
        assertThat(ran.out()).contains("bring-up: ready").contains("dirty lines of the host's, under KeyID 0");
        assertThat(ran.out()).containsPattern("broken +availability");
        assertThat(ran.exit()).isEqualTo(1);
    }

    @Test
    void onAProcessorWithTheErratumMemoryMustBeResetBeforeItGoesBack() throws IOException {
        String late = "TDH.SYS.TDMR.INIT:5";
        assertThat(json(SMALL, "--inject", late, "--set", "erratum=true").get("broken")).isEmpty();
        JsonNode hurt = json(SMALL, "--inject", late, "--set", "erratum=true", "--set", "unwind-reset=never");
        assertThat(hurt.get("broken").get(0).asText()).isEqualTo("host-safety");
        assertThat(json(SMALL, "--inject", late, "--set", "unwind-reset=never").get("broken")).isEmpty();
    }

    static Stream<String[]> badFiles() throws IOException {
        Path bad = badFolder();
        return Files.readString(bad.resolve("expected.txt")).lines().filter(line -> !line.startsWith("#"))
                .map(line -> line.split(" \\| ", 3));
    }

    private static Path badFolder() {
        return Session.repository()
                .resolve("stack/src/test/resources/org/ringfence/stack/host/inventory/bad");
    }

    @ParameterizedTest
    @MethodSource("badFiles")
    void aBadFileIsRefusedInOneSentenceWithItsPlace(String name, String place, String sentence) throws IOException {
        Files.copy(badFolder().resolve(name + ".txt"), folder.resolve("bad.txt"));
        Path good = Session.repository().resolve(SMALL);
        boolean cpus = name.startsWith("cpus");
        Session.Ran ran = run(
                folder,
                cpus ? good.resolve("dmesg.txt").toString() : "bad.txt",
                cpus ? "bad.txt" : good.resolve("lscpu.txt").toString());
        assertThat(ran).isEqualTo(new Session.Ran(2, "", "bad.txt:%s: %s%n".formatted(place, sentence)));
    }

    @Test
    void aMissingFileAndADirectoryAreRefused() {
        String cpus = Session.repository().resolve(SMALL + "lscpu.txt").toString();
        assertThat(run(folder, "none.txt", cpus)).isEqualTo(
                new Session.Ran(2, "", "none.txt: there is no such file; allowed is a file with a kernel log\n"));
        assertThat(run(folder, ".", cpus))
                .isEqualTo(new Session.Ran(2, "", ".: is a directory; allowed is a file with a kernel log\n"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "--until | reclaim | unknown stage 'reclaim'; allowed are bring-up, exit-boot-services and end",
        "--platform | snp | unknown platform 'snp'; allowed with --until bring-up is tdx",
        "--set | flush | allowed is NAME=VALUE",
        "--set | flush=maybe | allowed is true, false",
        "--set | flood=true | unknown option 'flood'; allowed are flush, entropy",
        "--inject | TDH.MNG.INIT:1 | names no call of a bring-up",
        "--inject | TDH.SYS.CONFIG:0 | is no failure",
        "--inject | TDH.SYS.CONFIG:1=TDX_SUCCESS | with TDX_SUCCESS",
        "--inject | TDH.SYS.CONFIG:1=TDX_BORED | TDX_BORED names no status"
    })
    void badUsageIsToldInOneSentence(String option, String value, String sentence) {
        Session session = new Session(Session.repository(), Registry::found, Map.of(), false, new Interrupt());
        boolean replaces = option.equals("--until") || option.equals("--platform");
        Session.Ran ran = replaces
                ? session.run("run", "--platform", option.equals("--platform") ? value : "tdx",
                        "--until", option.equals("--until") ? value : "bring-up",
                        "--memory-map", SMALL + "dmesg.txt", "--cpus", SMALL + "lscpu.txt")
                : sample(SMALL, option, value);
        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err()).contains(sentence).hasLineCount(1);
    }
}
