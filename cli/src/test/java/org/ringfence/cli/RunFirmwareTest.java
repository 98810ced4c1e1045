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
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ringfence.checker.check.Registry;
import org.ringfence.cli.judge.Interrupt;
import org.ringfence.stack.guest.uefi.map.EfiMemoryMap;

/** {@code run --until exit-boot-services} boots firmware with and without the pool, and refuses maps that are none. */
class RunFirmwareTest {
    private static final String LOW = """
            BS_Code    0000000000000000-0000000000000FFF 0000000000000001 000000000000000F
            Available  0000000000001000-000000000009FFFF 000000000000009F 000000000000000F
            Available  0000000000400000-0000000004FFFFFF 0000000000004C00 000000000000000F
            """;

    @TempDir
    private Path folder = Path.of("");

    private Session.Ran run(Interrupt interrupt, String... more) {
        return new Session(folder, Registry::found, Map.of(), false, interrupt)
                .run(Stream.concat(Stream.of("run", "--until", "exit-boot-services"), Stream.of(more))
                        .toArray(String[]::new));
    }

    private JsonNode told(String... more) throws IOException {
        Session.Ran ran = run(
                new Interrupt(), Stream.concat(Stream.of(more), Stream.of("--format", "json")).toArray(String[]::new));
        assertThat(ran.err()).doesNotContain("ringfence run:");
        return new ObjectMapper().readTree(ran.out());
    }

    private static JsonNode stage(JsonNode boot, String name) {
        for (JsonNode stage : boot.get("stages")) {
            if (stage.get("stage").asText().equals(name)) {
                return stage;
            }
        }
        throw new AssertionError("there is no stage " + name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sev", "snp", "tdx"})
    void withThePoolDriversConvertNothingAndTheSameBytesAreCopied(String platform) throws IOException {
        JsonNode told = told("--platform", platform, "--memory", "64m", "--operations", "300");
        assertThat(told.get("exit").asInt()).isZero();
        JsonNode with = told.get("boots").get(0);
        JsonNode without = told.get("boots").get(1);
        assertThat(with.get("pool").asBoolean()).isTrue();
        for (JsonNode boot : List.of(with, without)) {
            assertThat(boot.get("statuses").get(0).asText()).isEqualTo("EFI_SUCCESS");
            assertThat(boot.get("map-key")).isEqualTo(boot.get("map-key-afterwards"));
            assertThat(boot.get("pages-to-shared")).isEqualTo(boot.get("pages-to-private"));
            assertThat(boot.get("before")).isEqualTo(boot.get("after"));
            assertThat(boot.get("broken")).isEmpty();
        }
        assertThat(stage(with, "drivers").get("pages-to-shared").asLong()).isZero();
        assertThat(stage(with, "drivers").get("exits-for-conversions").asLong()).isZero();
        assertThat(stage(with, "reserved pool").get("pages-to-shared").asLong()).isEqualTo(1429 - 17);
        assertThat(stage(without, "drivers").get("pages-to-shared").asLong()).isGreaterThan(1000);
        assertThat(without.get("exits-for-conversions").asLong())
                .isEqualTo(platform.equals("sev") ? 0 : 2 * without.get("pages-to-shared").asLong());
        assertThat(with.get("bytes-copied")).isEqualTo(without.get("bytes-copied"));
    }

    @Test
    void theSeedDecidesWhatDriversDo() throws IOException {
        JsonNode one = told("--platform", "sev", "--memory", "64m", "--operations", "100", "--pool", "on");
        JsonNode two = told(
                "--platform", "sev", "--memory", "64m", "--operations", "100", "--pool", "on", "--seed", "2");
        assertThat(one.get("boots")).hasSize(1);
        assertThat(one.get("boots").get(0).get("bytes-copied"))
                .isNotEqualTo(two.get("boots").get(0).get("bytes-copied"));
    }

    @Test
    void onSnpALoaderThatIsUnawareFailsOnceAndThenHasAllMemory() throws IOException {
        Files.writeString(folder.resolve("map.txt"), LOW
                + "Unaccepted 0000000100000000-00000001000FFFFF 0000000000000100 0000000000000000\n");
        JsonNode told = told(
                "--platform", "snp", "--memory-map", "map.txt", "--operations", "20", "--pool", "off");
        JsonNode boot = told.get("boots").get(0);
        assertThat(boot.get("statuses")).extracting(JsonNode::asText)
                .containsExactly("EFI_INVALID_PARAMETER", "EFI_SUCCESS");
        assertThat(boot.get("before").get(boot.get("before").size() - 1).get("type").asInt()).isEqualTo(15);
        assertThat(boot.get("after").get(boot.get("after").size() - 1).get("type").asInt()).isEqualTo(7);
        assertThat(told.get("notes").get(0).asText()).contains("the first ExitBootServices failed");
    }

    @Test
    void exactly2MiBAreAcceptedIn4KPagesAndAPageMoreIsFaster() throws IOException {
        long exactly = operationsOfFirmware(
                "Available  0000000000200000-00000000003FFFFF 0000000000000200 000000000000000F\n");
        long more = operationsOfFirmware(
                "Available  0000000000200000-0000000000400FFF 0000000000000201 000000000000000F\n");
        assertThat(exactly).isGreaterThan(more + 512);
    }

    private long operationsOfFirmware(String range) throws IOException {
        Files.writeString(folder.resolve("map.txt"), LOW.replace(
                "Available  0000000000400000-0000000004FFFFFF 0000000000004C00",
                "Available  0000000000600000-0000000004FFFFFF 0000000000004A00") + range);
        JsonNode told = told(
                "--platform", "tdx", "--memory-map", "map.txt", "--operations", "1", "--pool", "off");
        return stage(told.get("boots").get(0), "firmware").get("operations").asLong();
    }

    @Test
    void theMapIsAlsoReadFromDescriptors() throws Exception {
        Files.write(folder.resolve("map.bin"), EfiMemoryMap.readText(LOW.getBytes(StandardCharsets.UTF_8)).write(48));
        Session.Ran ran = run(new Interrupt(), "--platform", "sev", "--memory-map", "map.bin", "--descriptor-size",
                "48", "--operations", "20");
        assertThat(ran.exit()).as(ran.err()).isZero();
        assertThat(ran.out())
                .startsWith("sev  firmware: boot services are over")
                .contains("with pool        without pool")
                .containsPattern("before +0x0000000000000000-0x0000000000000FFF  Boot Code\n")
                .contains("after      the same ranges");
    }

    @Test
    void anInterruptAndTheLimitOnTimeEndItWith3() {
        Interrupt interrupt = new Interrupt();
        interrupt.request();
        Session.Ran interrupted = run(interrupt, "--platform", "tdx", "--memory", "64m");
        assertThat(interrupted.exit()).isEqualTo(3);
        assertThat(interrupted.err()).isEqualTo("ringfence run: interrupted in the stage host\n");
        assertThat(interrupted.out()).startsWith("tdx  firmware: stopped in the stage host");
        Session.Ran late = run(new Interrupt(), "--platform", "tdx", "--memory", "64m", "--timeout", "1ms");
        assertThat(late.exit()).isEqualTo(3);
        assertThat(late.err()).contains("the limit on time was reached in the stage");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "--platform cca | unknown platform 'cca'; allowed with --until exit-boot-services are sev, snp, tdx",
        "--platform sev --pool maybe | --pool is 'maybe'; allowed are on, off, both",
        "--platform sev --operations 0 | allowed are 1 to 10000000",
        "--platform sev --memory 63m | allowed is a whole number of MiB from 64 MiB to 62 GiB",
        "--platform sev --descriptor-size 48 | makes no sense without --memory-map",
        "--platform sev --memory 64m --memory-map map.txt | --memory makes no sense with --memory-map",
        "--platform sev --cpus 2 | --cpus makes no sense for --until exit-boot-services",
        "--platform sev --memory-map none.txt | there is no such file",
        "--platform sev --memory-map map.txt | map.txt:2:1: the range 0x0-0xfff overlaps the range 0x0-0xfff of line 1",
        "--platform sev --memory-map map.txt --descriptor-size 48 | map.txt: at byte 0x90: the file has 158 bytes",
        "--platform sev --memory-map map.txt --descriptor-size 8 | allowed are 40 to 4096 bytes"
    })
    void whatMakesNoSenseIsRefusedInASentence(String command, String sentence) throws IOException {
        String row = "BS_Code    0000000000000000-0000000000000FFF 0000000000000001 000000000000000F\n";
        Files.writeString(folder.resolve("map.txt"), row + row);
        Session.Ran ran = run(new Interrupt(), command.split(" "));
        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.err()).contains(sentence).doesNotContain("\tat ");
        assertThat(ran.out()).isEmpty();
    }
}
