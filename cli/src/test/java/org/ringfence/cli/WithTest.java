package org.ringfence.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ringfence.checker.check.Registry;
import org.ringfence.cli.judge.Interrupt;

/**
 * Software of the user's own: what is good is found and named in verdicts; what is not is told in sentences with their
 * places.
 */
@Timeout(60)
class WithTest {
    private static final String IMPORTS = """
            import java.util.*;
            import org.ringfence.checker.check.*;
            import org.ringfence.machine.memory.*;
            import org.ringfence.machine.operation.*;
            """;

    /** A file with one routine; the body is on its line 9. */
    private static final String OWN = IMPORTS + """
            public record Own() implements Routines {
                record One(int pages) implements Routine<Done> {
                    static int counter;
                    public Done run(Cpu cpu) {
                        BODY
                        return Done.DONE;
                    }
                }
                record Marks() implements Action {
                    public Step on(Machine machine, Actor actor) { return state -> STEP; }
                    public String mnemonic() { return "mark"; }
                }
                static class Helper {
                    static long now() { return System.nanoTime(); }
                }
                public List<Registry.Entry> entries() {
                    return List.of(Registry.Entry.of("NAME", new One(1), "does one thing"));
                }
            }
            """.replace("BODY", "BODY");

    private static final String CASE = """
            question: Is it safe?
            asked: a test
            machine: {pages: 1, frames: 1}
            platforms: {native: {}}
            actors:
              - name: guest
                principal: guest
                routine: one
            expect:
              - {threat: honest-host, safe: availability}
            """;

    @TempDir
    private Path folder = Path.of("");

    private static String own(String body) {
        return OWN.replace("BODY", body).replace("NAME", "one").replace("STEP", "0");
    }

    private Path write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        return Files.writeString(file, text);
    }

    private Session.Ran run(String... arguments) {
        Session.Ran ran = new Session(folder, Registry::found, Map.of(), false, new Interrupt()).run(arguments);
        assertThat(ran.err()).doesNotContain("\tat ").doesNotContain("defect");
        return ran;
    }

    /** Every line of what it says begins with one of these. */
    private Session.Ran refused(String... arguments) {
        Session.Ran ran = run(arguments);
        assertThat(ran.exit()).as(ran.err()).isEqualTo(2);
        assertThat(ran.err()).isNotBlank();
        return ran;
    }

    private Session.Ran listed(String... with) {
        List<String> arguments = new ArrayList<>(List.of("list"));
        Stream.of(with).forEach(path -> arguments.addAll(List.of("--with", path)));
        write();
        return refused(arguments.toArray(String[]::new));
    }

    private void write() {
        try {
            write("cases/one.yaml", CASE.replace("routine: one", "script: []"));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Compiles to class files in the folder {@code to}. */
    private Path compiled(String to, Path... sources) throws IOException {
        Path out = Files.createDirectories(folder.resolve(to));
        List<String> arguments = new ArrayList<>(
                List.of("-d", out.toString(), "-proc:none", "-cp", classPath()));
        Stream.of(sources).map(Path::toString).forEach(arguments::add);
        assertThat(ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, arguments.toArray(String[]::new))).isZero();
        return out;
    }

    private static String classPath() {
        return Stream
                .of(Registry.class, org.ringfence.machine.operation.Machine.class,
                        org.jspecify.annotations.NullMarked.class)
                .map(type -> Path.of(type.getProtectionDomain().getCodeSource().getLocation().getPath()).toString())
                .distinct()
                .collect(java.util.stream.Collectors.joining(java.io.File.pathSeparator));
    }

    private Path jar(String name, Path classes, Map<String, String> texts) throws IOException {
        Path jar = folder.resolve(name);
        try (OutputStream out = Files.newOutputStream(jar);
                ZipOutputStream zip = new ZipOutputStream(out);
                Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                zip.putNextEntry(new ZipEntry(classes.relativize(file).toString()));
                zip.write(Files.readAllBytes(file));
            }
            for (Map.Entry<String, String> text : texts.entrySet()) {
                zip.putNextEntry(new ZipEntry(text.getKey()));
                zip.write(text.getValue().getBytes(StandardCharsets.UTF_8));
            }
        }
        return jar;
    }

    // ---- what is good

    @Test
    void sourceAFolderOfClassesAndAJarAreFoundAlikeAndNamedInVerdicts() throws IOException {
        Path source = write("Own.java", own("cpu.ask(new Load(0));"));
        write("one.yaml", CASE);
        Path classes = compiled("classes", source);
        Path jar = jar("own.jar", classes, Map.of("META-INF/services/org.ringfence.checker.check.Routines", "Own\n"));
        for (Path with : List.of(source, classes, jar)) {
            String path = folder.relativize(with).toString();
            Session.Ran ran = run("check", "--with", path, "one.yaml");
            assertThat(ran.exit()).as(ran.out() + ran.err()).isZero();
            assertThat(ran.out()).containsPattern("note: routine one of " + path + " \\(SHA-256 [0-9a-f]{64}\\)");
            JsonNode root =
                    new ObjectMapper().readTree(run("check", "--with", path, "--format", "json", "one.yaml").out());
            assertThat(root.at("/cases/0/searches/0/notes/0").asText())
                    .startsWith("routine one of " + path + " (SHA-256 ");
        }
    }

    @Test
    void theDigestIsThatOfTheFile() throws Exception {
        Path source = write("Own.java", own(""));
        write("one.yaml", CASE);
        String digest = java.util.HexFormat.of().formatHex(
                java.security.MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(source)));
        assertThat(run("check", "--with", "Own.java", "one.yaml").out()).contains("(SHA-256 " + digest + ")");
    }

    @Test
    void whatIsBroughtIsInListExplainAndSchema() throws IOException {
        write("Own.java", own("cpu.ask(new Load(0));"));
        write("cases/one.yaml", CASE);
        assertThat(run("list", "--with", "Own.java").out())
                .contains("one  Is it safe?")
                .contains("brought by Own.java (SHA-256 ")
                .contains("  routine one: does one thing");
        assertThat(run("explain", "--with", "Own.java", "one").out())
                .contains("runs one")
                .contains("brought by Own.java (SHA-256 ")
                .contains("pages = 1  allowed: a whole number; by default 1");
        assertThat(run("schema", "--with", "Own.java").out()).contains("\"const\" : \"one\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"check", "run", "list", "explain", "schema", "random", "ablate"})
    void everyCommandTakesIt(String command) {
        assertThat(run(command, "--help").out()).contains("--with=PATH");
    }

    @Test
    void oneFileMayUseAnotherAndAJar() throws IOException {
        Path helper = write("lib/lib/Times.java",
                "package lib; public class Times { public static int two() { return 2; } }");
        jar("lib.jar", compiled("lib-classes", helper), Map.of());
        write("Own.java", own("for (int i = 0; i < lib.Times.two(); i++) cpu.ask(new Load(0));"));
        write("one.yaml", CASE);
        Session.Ran ran = run("check", "--with", "Own.java", "--with", "lib.jar", "one.yaml");
        assertThat(ran.exit()).as(ran.err()).isZero();
    }

    // ---- the rules

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "counter++;|assigns the static field Own.One.counter",
        "new Thread(() -> {}).start();|uses threads",
        "try { cpu.ask(new Load(0)); } catch (Error e) { counter(); }|catches java.lang.Error",
        "try { cpu.ask(new Load(0)); } catch (Throwable e) { }|catches java.lang.Throwable",
        "if (System.nanoTime() == 0) cpu.ask(new Load(0));|reads the clock (System.nanoTime)",
        "if (new Random().nextBoolean()) cpu.ask(new Load(0));|throws dice",
        "if (cpu.hashCode() == 0) cpu.ask(new Load(0));|uses a hash code",
        "for (int i : new HashSet<>(List.of(1, 2))) cpu.ask(new Load(i));|makes a collection in the order of hash codes",
        "if (getClass().getDeclaredFields().length == 0) cpu.ask(new Load(0));|uses reflection",
        "System.out.println(pages);|does input or output (System.out)",
        "Routine<Done> r = c -> Done.DONE; cpu.call(r);|writes a routine as a lambda",
        "java.util.stream.Stream.generate(() -> 1).count();|makes a stream without an end",
        "synchronized (this) { cpu.ask(new Load(0)); }|uses threads",
    })
    void aRoutineThatBreaksARuleIsRefusedWithFileAndLine(String body, String what) throws IOException {
        write("Own.java", own(body).replace("counter(); ", ""));
        Session.Ran ran = listed("Own.java");
        assertThat(ran.err()).startsWith("Own.java:9: Own.One.run ").contains(what).contains(": ").hasLineCount(1);
    }

    @Test
    void everythingWrongIsToldAtOnceWithTheHelpersThatARoutineCalls() throws IOException {
        write("Own.java", own("counter++; if (Helper.now() > 0) System.exit(1);"));
        assertThat(listed("Own.java").err().lines())
                .hasSize(3)
                .anyMatch(line -> line.startsWith("Own.java:9: Own.One.run assigns the static field"))
                .anyMatch(line -> line.startsWith("Own.java:9: Own.One.run asks the JVM"))
                .anyMatch(line -> line
                        .startsWith("Own.java:18: Own.Helper.now reads the clock (System.nanoTime), and the "
                                + "routine Own.One comes there: "));
    }

    @Test
    void aClassFileIsToldOfByItsJarItsSourceAndLine() throws IOException {
        Path classes = compiled("classes", write("Own.java", own("counter++;")));
        jar("own.jar", classes, Map.of());
        assertThat(listed("own.jar").err()).startsWith("own.jar: Own.java:9: Own.One.run assigns ").hasLineCount(1);
    }

    @Test
    void anOperationMayNotRememberEither() throws IOException {
        write("Own.java", own("cpu.ask(new Marks());").replace("-> 0", "-> One.counter++"));
        assertThat(listed("Own.java").err()).startsWith("Own.java:14: Own.Marks.on assigns the static field");
    }

    // ---- loops without an end

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "while (pages > 0) cpu.ask(new Load(0));|Own.One.run(Own.java:9): a loop without a fixed bound must end by cpu.again(...)",
        "List<Integer> all = new LinkedList<>(); while (pages > 0) { try { all.add(1); all.clear(); } catch (RuntimeException e) { all.clear(); } }|a loop at Own.One.run(Own.java:9)",
    })
    void anEndlessLoopOfARoutineIsRefusedWithItsLine(String body, String what) throws IOException {
        write("Own.java", own(body));
        write("one.yaml", CASE);
        Session.Ran ran = refused("check", "--with", "Own.java", "one.yaml");
        assertThat(ran.err()).startsWith("one.yaml:8:14: actor 'guest' on native under honest-host: ").contains(what)
                .hasLineCount(1);
    }

    @Test
    void anEndlessLoopOfAnOperationIsRefusedWithItsLine() throws IOException {
        write("Own.java",
                own("cpu.ask(new Marks());").replace("-> 0", "-> { int i = 0; while (i < 5) i = i % 3; return i; }"));
        write("one.yaml", CASE);
        assertThat(refused("check", "--with", "Own.java", "one.yaml").err())
                .startsWith("one.yaml:").contains("(Own.java:14) has gone round for ").hasLineCount(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "static int n; static { while (n >= 0) n = n % 7; } public List<Registry.Entry> entries()",
        "int round(int n) { do { n = n % 7; } while (n < 9); return n; } int n = round(1); public List<Registry.Entry> entries()",
    })
    void anEndlessLoopWhileItIsLoadedIsToldWithItsLine(String text) throws IOException {
        write("Own.java", own("").replace("public record Own() implements", "public class Own implements")
                .replace("public List<Registry.Entry> entries()", text));
        assertThat(listed("Own.java").err()).startsWith("Own.java:20: a loop at Own.").hasLineCount(1);
    }

    @Test
    void whatWaitsWhileItIsLoadedIsLeftAlone() throws IOException {
        write("Own.java", own("").replace("public List<Registry.Entry> entries() {",
                "static class Ones implements Iterator<Integer> { public boolean hasNext() { return true; } public Integer next() { return 1; } }\n"
                        + "public List<Registry.Entry> entries() { new Ones().forEachRemaining(one -> {});"));
        assertThat(listed("Own.java").err())
                .startsWith("Own.java:").contains("has not come back after 6 s, while it was loaded").hasLineCount(1);
    }

    // ---- what fails

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "static int n = 0; static int m = 1 / n;|Own.java:20: the static initialiser of Own threw ArithmeticException: / by zero; ",
        "Own { if (true) throw new IllegalStateException(\"no\"); }|Own.java:20: the constructor of Own threw IllegalStateException: no; ",
    })
    void whatThrowsWhileItIsLoadedIsToldWithItsLine(String text, String what) throws IOException {
        write("Own.java", own("").replace("public List<Registry.Entry> entries()",
                text.replace("Own {", "public Own {") + " public List<Registry.Entry> entries()"));
        assertThat(listed("Own.java").err()).startsWith(what).hasLineCount(1);
    }

    @Test
    void whatThrowsWhileACaseIsReadOrCheckedIsToldWithItsLine() throws IOException {
        write("one.yaml", CASE);
        write("Own.java", own("cpu.ask(new Marks());").replace("-> 0", "-> List.<Integer>of().get(0)"));
        assertThat(refused("check", "--with", "Own.java", "one.yaml").err())
                .startsWith("Own.java:14: Own.Marks.on").contains(" threw ").hasLineCount(1);
        write("Own.java", own("").replace("Registry.Entry.of(\"one\", new One(1), \"does one thing\")",
                "new Registry.Entry(\"one\", new One(1), (options, geometry) -> { Object no = null; return new One(no.hashCode()); }, \"does\")"));
        for (String command : List.of("check", "explain", "list")) {
            assertThat(refused(command, "--with", "Own.java", "one.yaml").err())
                    .startsWith("Own.java:21: Own.").contains("threw NullPointerException").hasLineCount(1);
        }
        write("Own.java", own("Object no = null; no.equals(1);"));
        assertThat(refused("check", "--with", "Own.java", "one.yaml").err())
                .startsWith("one.yaml:8:14: ").contains("threw java.lang.NullPointerException").contains("Own.java:9")
                .hasLineCount(1);
    }

    @Test
    void aCompilersMessageIsShownWithFileAndLine() throws IOException {
        write("Own.java", own("int x = \"a\"; undefined();"));
        assertThat(listed("Own.java").err().lines())
                .hasSize(2)
                .anyMatch(line -> line
                        .equals("Own.java:9: incompatible types: java.lang.String cannot be converted to int"))
                .anyMatch(line -> line.startsWith("Own.java:9: cannot find symbol"));
    }

    @Test
    void aClassThatIsMissingIsNamed() throws IOException {
        Path helper = write("lib/lib/Times.java",
                "package lib; public class Times { public static int two() { return 2; } }");
        Path own = write("Own.java", own("for (int i = 0; i < lib.Times.two(); i++) cpu.ask(new Load(0));"));
        Path classes = compiled("classes", own, helper);
        Files.delete(classes.resolve("lib/Times.class"));
        assertThat(listed("classes").err())
                .isEqualTo("classes: Own.java:9: Own.One.run needs the class lib.Times, which is not there: "
                        + "give the jar or the folder it is in with another --with\n");
    }

    @Test
    void aClassFileOfAnotherVersionOrADamagedOneIsTold() throws IOException {
        Path classes = compiled("classes", write("Own.java", own("")));
        Path file = classes.resolve("Own.class");
        byte[] good = Files.readAllBytes(file);
        byte[] later = good.clone();
        later[7] = 120;
        Files.write(file, later);
        assertThat(listed("classes").err())
                .matches("classes: Own.class: was compiled for Java 76, and this is Java \\d+; "
                        + "compile it with --release \\d+\n");
        byte[] preview = good.clone();
        preview[4] = (byte) 0xFF;
        preview[5] = (byte) 0xFF;
        Files.write(file, preview);
        assertThat(listed("classes").err()).startsWith("classes: Own.class: uses preview features");
        Files.write(file, java.util.Arrays.copyOf(good, good.length / 2));
        assertThat(listed("classes").err()).startsWith("classes: Own.class: is a damaged class file");
        Files.writeString(file, "no class at all");
        assertThat(listed("classes").err()).isEqualTo("classes: Own.class: is no class file\n");
    }

    @Test
    void aNameThatIsTakenIsToldOf() throws IOException {
        write("Own.java", own("").replace("\"one\"", "\"reaccept\""));
        assertThat(listed("Own.java").err()).isEqualTo(
                "Own.java: there is a routine 'reaccept' already, of Ringfence; give this one another name\n");
        write("Own.java", own(""));
        write("other/Other.java", own("").replace("Own", "Other"));
        assertThat(listed("Own.java", "other").err()).isEqualTo(
                "other/Other.java: there is a routine 'one' already, of Own.java; give this one another name\n");
        Files.delete(folder.resolve("other/Other.java"));
        write("other/Own.java", own(""));
        assertThat(listed("Own.java", "other").err()).contains("duplicate class: Own");
        write("other/Own.java", "package org.ringfence.own;\n" + own(""));
        assertThat(listed("other").err())
                .contains("the class org.ringfence.own.Own is in a package of Ringfence's own; put it into another");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "nothing|nothing: there is no such file or folder; --with takes a jar, a folder of classes, a .java file or a folder of them",
        "text.txt|text.txt: is neither a jar, nor a folder, nor a .java file",
        "none.jar|none.jar: is no jar, or a damaged one",
        "empty|empty: there is neither a class nor Java source in it",
        "Plain.java|Plain.java: brings nothing that a case can name: a public class must implement org.ringfence.checker.check.Routines",
        "Hidden.java|Hidden.java: Hidden implements Routines and cannot be made: it must be public",
        "Latin.java|Latin.java: is not UTF-8, as Java source must be",
        "mixed|mixed: has both .java and .class files in it",
        "bad.jar|bad.jar: org.ringfence.checker.check.Routines: Provider Missing not found",
        "Odd.java|Odd.java: the routine odd has the option many of type List; allowed are boolean, int, long, String and enums",
        "''|--with: names nothing",
    })
    void whatIsNoSoftwareIsRefusedInOneSentence(String path, String sentence) throws IOException {
        write("text.txt", "hello");
        write("none.jar", "hello");
        Files.createDirectories(folder.resolve("empty"));
        write("Plain.java", "public class Plain {}");
        write("Hidden.java", own("").replace("public record Own", "record Hidden"));
        Files.write(folder.resolve("Latin.java"),
                "class L { String s = \"\u00fc\"; }".getBytes(StandardCharsets.ISO_8859_1));
        write("mixed/A.java", "class A {}");
        write("mixed/B.class", "x");
        jar("bad.jar", compiled("classes", write("x/Own.java", own(""))),
                Map.of("META-INF/services/org.ringfence.checker.check.Routines", "Missing\n"));
        write("Odd.java", own("").replace("Own", "Odd").replace("int pages", "List<String> many")
                .replace("new One(1)", "new One(List.of())").replace("\"one\"", "\"odd\""));
        assertThat(listed(path).err()).startsWith(sentence).hasLineCount(1);
    }

    // ---- the samples

    private static Session.Ran sample(String... arguments) {
        return new Session(Session.repository(), Registry::found, Map.of(), false, new Interrupt()).run(arguments);
    }

    @Test
    void theOwnProtectionIsCheckedPlayedAndAblatedThroughWithAlone() {
        Session.Ran checked = sample("check", "--with", "samples/own-protection", "samples/own-protection/replay.yaml",
                "samples/own-protection/replay-unchecked.yaml");
        assertThat(checked.exit()).as(checked.out() + checked.err()).isZero();
        Session.Ran played =
                sample("random", "--with", "samples/own-protection", "--platform", "seal", "--operations", "50000");
        assertThat(played.exit()).as(played.out() + played.err()).isZero();
        assertThat(played.out()).contains("replay: DONE").contains("platform seal of samples/own-protection (SHA-256 ");
        Session.Ran broken =
                sample("random", "--with", "samples/own-protection", "--platform", "seal", "--operations", "50000",
                        "--ablate", "load-counter-matches");
        assertThat(broken.exit()).isEqualTo(1);
        assertThat(broken.out()).contains("freshness violated")
                .contains("asked: ringfence random --with samples/own-protection");
        Session.Ran ablated =
                sample("ablate", "--with", "samples/own-protection", "--platform", "seal", "--operations", "20000");
        assertThat(ablated.exit()).as(ablated.out() + ablated.err()).isZero();
        assertThat(ablated.out()).contains("2 checks, of which 2 break a random sequence");
        assertThat(sample("schema", "--with", "samples/own-protection").out()).contains("\"load-tag-matches\"");
        assertThat(sample("list", "--with", "samples/own-protection", "acceptance/reaccept-fatal").out())
                .contains("  platform seal");
    }

    @Test
    void theOwnSoftwareBreaksOnceAndIsRepaired() {
        Session.Ran ran = sample("check", "--with", "samples/own-software/UsedRing.java",
                "samples/own-software/fetch-broken.yaml",
                "samples/own-software/fetch-repaired.yaml");
        assertThat(ran.exit()).as(ran.out() + ran.err()).isZero();
        assertThat(ran.out()).contains("2 cases: 12 of 12 expectations met");
    }
}
