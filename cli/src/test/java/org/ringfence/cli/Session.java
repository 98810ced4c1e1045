package org.ringfence.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.ringfence.checker.check.Registry;
import org.ringfence.cli.judge.Interrupt;
import org.ringfence.cli.toy.Toy;

/** Runs command lines in this JVM, in a folder of their own. */
record Session(
        Path home,
        Supplier<Registry> registry,
        Map<String, String> environment,
        boolean terminal,
        Interrupt interrupt) {

    /** What a command line did. */
    record Ran(int exit, String out, String err) {}

    /** With toys, on no terminal. */
    static Session in(Path home) {
        return new Session(home, Toy::registry, Map.of(), false, new Interrupt());
    }

    /** With the platforms and routines that there are, on no terminal. */
    static Session onPlatforms(Path home) {
        return new Session(home, Registry::found, Map.of(), false, new Interrupt());
    }

    Session onTerminal(Map<String, String> variables) {
        return new Session(home, registry, variables, true, interrupt);
    }

    Session with(Map<String, String> variables) {
        return new Session(home, registry, variables, terminal, interrupt);
    }

    /** Writes a case into the catalogue. */
    Session having(String name, String text) {
        Path file = home.resolve("cases").resolve(name + ".yaml");
        try {
            Files.createDirectories(Objects.requireNonNull(file.getParent()));
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    Ran run(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        try (PrintStream to = new PrintStream(out, false, StandardCharsets.UTF_8);
                PrintStream errors = new PrintStream(err, false, StandardCharsets.UTF_8)) {
            int exit = run(to, errors, arguments);
            return new Ran(
                    exit, flushed(to, out), flushed(errors, err));
        }
    }

    int run(PrintStream out, PrintStream err, String... arguments) {
        return Ringfence.run(
                new Surroundings(
                        out, err, () -> terminal, () -> terminal, home, home, environment, registry, interrupt),
                arguments);
    }

    private static String flushed(PrintStream stream, ByteArrayOutputStream bytes) {
        stream.flush();
        return bytes.toString(StandardCharsets.UTF_8);
    }

    static String resource(String name) {
        try (InputStream in = Objects.requireNonNull(Session.class.getResourceAsStream("/" + name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The repository's root, where the tests run in one of its modules. */
    static Path repository() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("ringfence"))) {
            folder = Objects.requireNonNull(folder.getParent(), "the tests run outside the repository");
        }
        return folder;
    }
}
