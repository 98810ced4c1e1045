package org.ringfence.cli.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the launcher ends with, whatever it finds: never with 1 but where a check says so. */
@EnabledOnOs({OS.LINUX, OS.MAC})
class LauncherTest {
    /** With a cache, once it was used: to make one takes seconds. */
    @TempDir
    private static Path shared = Path.of("");

    @TempDir
    private Path folder = Path.of("");

    private Path home = Path.of("");

    private record Ran(int exit, String out, String err) {}

    @BeforeAll
    static void make() throws IOException {
        make(shared.resolve("home"));
    }

    @BeforeEach
    void choose() {
        home = shared.resolve("home");
    }

    /** A folder that a test may damage. */
    private void ownHome() throws IOException {
        home = folder.resolve("home");
        make(home);
    }

    private static void make(Path home) throws IOException {
        Path launch = Files.createDirectories(home.resolve("cli/target/ringfence"));
        Files.copy(repository().resolve("ringfence"), home.resolve("ringfence"), StandardCopyOption.COPY_ATTRIBUTES);
        Files.writeString(home.resolve("pom.xml"), "<project/>");
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, Stub.class.getName());
        String name = Stub.class.getName().replace('.', '/') + ".class";
        try (JarOutputStream jar =
                new JarOutputStream(Files.newOutputStream(launch.resolve("ringfence.jar")), manifest);
                InputStream code = Objects.requireNonNull(Stub.class.getResourceAsStream("Stub.class"))) {
            jar.putNextEntry(new JarEntry(name));
            code.transferTo(jar);
        }
        Files.createFile(launch.resolve("stamp"));
    }

    private static Path repository() {
        Path at = Path.of("").toAbsolutePath();
        while (!Files.exists(at.resolve("ringfence"))) {
            at = Objects.requireNonNull(at.getParent(), "the tests run outside the repository");
        }
        return at;
    }

    private static ProcessBuilder launch(Path home, Map<String, String> variables, String... arguments) {
        List<String> command = new ArrayList<>(List.of(home.resolve("ringfence").toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        builder.environment().putAll(variables);
        return builder;
    }

    private static Ran ended(ProcessBuilder builder, String input) throws IOException, InterruptedException {
        Process process = builder.start();
        try (OutputStream in = process.getOutputStream()) {
            in.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException unread) {
            assertThat(unread).hasMessageContaining("pipe");
        }
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Ran(process.exitValue(), out, err);
    }

    private Ran run(Map<String, String> variables, String... arguments) throws IOException, InterruptedException {
        return ended(launch(home, variables, arguments), "");
    }

    private Path cache() throws IOException {
        try (Stream<Path> files = Files.list(home.resolve("cli/target/ringfence"))) {
            return files.filter(file -> file.toString().endsWith(".aot")).findFirst().orElseThrow();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 70})
    void itEndsWithWhatTheProgramSays(int status) throws IOException, InterruptedException {
        Ran ran = run(Map.of(), "exit", Integer.toString(status));
        assertThat(ran).isEqualTo(new Ran(status, "", ""));
    }

    @Test
    void standardInputReachesTheProgram() throws IOException, InterruptedException {
        assertThat(ended(launch(home, Map.of(), "cat"), "a line\n").out()).isEqualTo("a line\n");
    }

    @ParameterizedTest
    @CsvSource({"-Xwrong, 2", "-Xmx1k, 2", "-XX:NoSuch=1, 2"})
    void optionsThatJavaRefusesAreBadUsage(String options, int status) throws IOException, InterruptedException {
        Ran ran = run(Map.of("RINGFENCE_JVM_OPTIONS", options), "exit", "0");
        assertThat(ran.exit()).isEqualTo(status);
        assertThat(ran.err()).contains("its options are from RINGFENCE_JVM_OPTIONS: " + options);
    }

    @Test
    void aDamagedJarIsToldOf() throws IOException, InterruptedException {
        ownHome();
        assertThat(run(Map.of(), "exit", "0").exit()).isZero();
        Files.writeString(home.resolve("cli/target/ringfence/ringfence.jar"), "no jar");
        Ran ran = run(Map.of(), "exit", "0");
        assertThat(ran.exit()).isEqualTo(70);
        assertThat(ran.err()).contains("ringfence: Java did not start or broke off").contains("it is built again");
    }

    @Test
    void whatTheProgramThrowsIsADefectAndNoVerdict() throws IOException, InterruptedException {
        assertThat(run(Map.of(), "throw").exit()).isEqualTo(70);
    }

    @Test
    void aWorkingDirectoryThatIsGoneIsToldOf() throws IOException, InterruptedException {
        Ran ran = ended(new ProcessBuilder("/bin/sh", "-c", "mkdir -p '%s' && cd '%s' && rmdir '%s' && exec '%s' exit 0"
                .formatted(folder.resolve("gone"), folder.resolve("gone"), folder.resolve("gone"),
                        home.resolve("ringfence"))),
                "");
        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.err()).contains("ringfence: the working directory is gone: change to one that is there.");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aFolderWithOtherLettersIsFoundInALocaleOfAsciiToo() throws IOException, InterruptedException {
        Assumptions.assumeTrue("UTF-8".equals(System.getProperty("sun.jnu.encoding")),
                "this JVM can name such a folder");
        Path other = folder.resolve("Schl\u00fcssel");
        make(other);
        Ran ran = ended(launch(other, Map.of("LC_ALL", "C"), "echo", "well"), "");
        assertThat(ran).isEqualTo(new Ran(0, "echo well\n", ""));
    }

    @Test
    void aReadOnlyFolderRunsWithoutACache() throws IOException, InterruptedException {
        ownHome();
        Assumptions.assumeFalse("root".equals(System.getProperty("user.name")), "nothing is read-only to root");
        Path launch = home.resolve("cli/target/ringfence");
        Files.setPosixFilePermissions(launch, PosixFilePermissions.fromString("r-xr-xr-x"));
        try {
            assertThat(run(Map.of(), "echo", "well")).isEqualTo(new Ran(0, "echo well\n", ""));
        } finally {
            Files.setPosixFilePermissions(launch, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    @Test
    void aCacheWithAFlippedBitIsDroppedAndMadeAnew() throws IOException, InterruptedException {
        ownHome();
        assertThat(run(Map.of(), "exit", "0").exit()).isZero();
        byte[] good = Files.readAllBytes(cache());
        for (int flip = 0; flip < 2; flip++) {
            byte[] bad = good.clone();
            bad[(int) ((long) bad.length * (2 * flip + 1) / 4)] ^= 4;
            Files.write(cache(), bad);
            Files.setLastModifiedTime(cache(), java.nio.file.attribute.FileTime.from(Instant.now().plusSeconds(1)));
            assertThat(run(Map.of(), "echo", "well")).isEqualTo(new Ran(0, "echo well\n", ""));
            assertThat(Files.readAllBytes(cache())).isNotEqualTo(bad);
        }
    }

    @Test
    void aFlippedBitThatChangedNoDateIsFoundToo() throws IOException, InterruptedException {
        ownHome();
        assertThat(run(Map.of(), "exit", "0").exit()).isZero();
        for (int flip = 1; flip < 10; flip += 4) {
            var sealed = Files.getLastModifiedTime(cache());
            byte[] bad = Files.readAllBytes(cache());
            bad[(int) ((long) bad.length * flip / 10)] ^= 1;
            Files.write(cache(), bad);
            Files.setLastModifiedTime(cache(), sealed);
            assertThat(run(Map.of(), "echo", "well")).isEqualTo(new Ran(0, "echo well\n", ""));
            assertThat(Files.readAllBytes(cache())).isNotEqualTo(bad);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM", "HUP"})
    void aSignalReachesTheProgramWhichSaysWhatItEndsWith(String signal) throws IOException, InterruptedException {
        Process process = launch(home, Map.of(), "sleep").start();
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            assertThat(out.readLine()).isEqualTo("asleep");
            signal(process, signal);
            assertThat(out.readLine()).isEqualTo("asked to end");
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(3);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 5, 20, 50, 100, 150})
    void aSignalHoweverEarlyEndsItWithThree(int milliseconds) throws IOException, InterruptedException {
        assertThat(run(Map.of(), "exit", "0").exit()).isZero();
        Process process = launch(home, Map.of(), "sleep").start();
        try {
            // Before the shell has read its first lines nobody can say what a signal means.
            Thread.sleep(30 + milliseconds);
            signal(process, "TERM");
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(3);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    @Test
    void anInterruptedBuildLeavesNoMavenBehind() throws IOException, InterruptedException {
        ownHome();
        Path bin = Files.createDirectories(folder.resolve("bin"));
        Path mvn = bin.resolve("mvn");
        Files.writeString(mvn, "#!/bin/sh\necho $$ >'%s'\nexec sleep 60\n".formatted(folder.resolve("pid")));
        Files.setPosixFilePermissions(mvn, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.delete(home.resolve("cli/target/ringfence/stamp"));
        Process process = launch(home, Map.of("PATH", bin + ":" + System.getenv("PATH")), "exit", "0").start();
        try {
            Path pid = folder.resolve("pid");
            for (int i = 0; i < 500 && (!Files.exists(pid) || Files.size(pid) == 0); i++) {
                Thread.sleep(20);
            }
            signal(process, "TERM");
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(3);
            long maven = Long.parseLong(Files.readString(pid).strip());
            assertThat(ProcessHandle.of(maven).filter(ProcessHandle::isAlive)).isEmpty();
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private static void signal(Process process, String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    }
}
