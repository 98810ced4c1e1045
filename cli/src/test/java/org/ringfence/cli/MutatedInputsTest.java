package org.ringfence.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ringfence.checker.check.Registry;
import org.ringfence.cli.judge.Interrupt;
import org.ringfence.machine.state.Fingerprint;

/**
 * The catalogue's and the samples' own texts, damaged at random: each is judged, or refused in a sentence with its
 * place; nothing throws, hangs or ends as a defect. What came of all of them is folded into one number, which is the
 * same with assertions and without.
 *
 * <p>{@code -Dmutations=N} and {@code -Dmutations.seed=S} set how many and which: without, the same ones each time.
 */
class MutatedInputsTest {
    private static final int BRIEF = 2_000;
    private static final int MANY = 1_000_000;

    /** Nanoseconds that an input may take: its limits are far below. */
    private static final long HANGS = 20_000_000_000L;

    /** After so many a thread gives up. */
    private static final int MOST_WRONG = 20;

    private enum Kind {
        CASE,
        OPTIONS,
        IGVM,
        MEMORY_MAP,
        PROCESSORS
    }

    @TempDir
    private Path folder = Path.of("");

    private final Registry registry = Registry.found();
    private final List<String> cases = new ArrayList<>();
    private List<String> words = List.of();
    private String map = "";
    private String processors = "";

    @Test
    void twoThousandOfThemAreJudgedOrRefused() throws IOException, InterruptedException {
        all(Integer.getInteger("mutations", BRIEF));
    }

    @Test
    @Tag("soak")
    void veryManyOfThemAreJudgedOrRefused() throws IOException, InterruptedException {
        all(Integer.getInteger("mutations", MANY));
    }

    private void all(int count) throws IOException, InterruptedException {
        long first = Long.getLong("mutations.seed", 1);
        System.out.printf("%,d mutated inputs from seed %d on%n", count, first);
        try (Stream<Path> files = Files.walk(Session.repository().resolve("cases"))) {
            for (Path file : files.filter(path -> path.toString().endsWith(".yaml")).sorted().toList()) {
                cases.add(Files.readString(file));
            }
        }
        Path host = Session.repository().resolve("samples/hosts/one-package-efi");
        map = Files.readString(host.resolve("dmesg.txt"));
        processors = Files.readString(host.resolve("lscpu.txt"));
        words = Mutator.words(cases);
        int workers = Runtime.getRuntime().availableProcessors();
        try (ExecutorService service = Executors.newFixedThreadPool(workers)) {
            List<Future<Share>> shares = new ArrayList<>();
            for (int worker = 0; worker < workers; worker++) {
                Share share = new Share(Files.createDirectory(folder.resolve("share-" + worker)));
                int begin = worker;
                shares.add(service.submit(() -> {
                    for (int i = begin; i < count && share.wrong.size() < MOST_WRONG; i += workers) {
                        share.attempt(first + i);
                    }
                    return share;
                }));
            }
            Share all = shares.removeFirst().get();
            for (Future<Share> share : shares) {
                all.add(share.get());
            }
            System.out.printf("%s, digest %016X%n", all.ends, all.digest);
            assertThat(all.wrong).as("inputs that ended otherwise").isEmpty();
        } catch (ExecutionException failed) {
            throw new AssertionError(failed.getCause());
        }
    }

    /** What one thread tries, in a folder of its own. */
    private final class Share {
        private final Path folder;
        private final Map<Kind, Map<Integer, Integer>> ends = new EnumMap<>(Kind.class);
        private final List<String> wrong = new ArrayList<>();
        private long digest;

        Share(Path folder) throws IOException {
            this.folder = folder;
            Files.writeString(folder.resolve("good-map"), map);
            Files.writeString(folder.resolve("good-cpus"), processors);
        }

        void add(Share other) {
            other.ends.forEach((kind, of) -> of.forEach((exit, times) -> count(kind, exit, times)));
            digest += other.digest;
            wrong.addAll(other.wrong);
        }

        /** One that ends as none should does not keep the others from being tried. */
        private void attempt(long seed) throws IOException {
            try {
                one(seed);
            } catch (AssertionError otherwise) {
                System.out.println(otherwise.getMessage());
                wrong.add("seed %d: %s".formatted(seed, otherwise.getMessage()));
            }
        }

        private void count(Kind kind, int exit, int times) {
            ends.computeIfAbsent(kind, fresh -> new TreeMap<>()).merge(exit, times, Integer::sum);
        }

        private void one(long seed) throws IOException {
            Mutator mutator = new Mutator(seed, words);
            // Most of what a user writes are cases.
            Kind kind = Kind.values()[Math.max(0, mutator.below(9) - 4)];
            String[] arguments = switch (kind) {
                case CASE -> {
                    write("m.yaml", mutator.text(cases.get(mutator.below(cases.size()))));
                    yield new String[] {"check", "--format", "json", "--threads", "1", "--states", "500", "--timeout",
                        "10s",
                        "m.yaml"};
                }
                case OPTIONS -> options(mutator);
                case IGVM -> {
                    write("m.igvm", mutator.bytes(ExplainIgvmTest.image()));
                    yield new String[] {"explain", "m.igvm"};
                }
                case MEMORY_MAP -> {
                    write("m", mutator.text(map));
                    yield run("m", "good-cpus");
                }
                case PROCESSORS -> {
                    write("m", mutator.text(processors));
                    yield run("good-map", "m");
                }
            };
            long begun = System.nanoTime();
            Session.Ran ran = new Session(folder, () -> registry, Map.of(), false, new Interrupt()).run(arguments);
            String what = "seed %d, %s: %s%n%s".formatted(seed, kind, String.join(" ", arguments), ran.err());
            assertThat(System.nanoTime() - begun).as(what).isLessThan(HANGS);
            assertThat(ran.exit()).as(what).isBetween(0, 3);
            assertThat(ran.err()).as(what).doesNotContain("\tat ", "a defect of Ringfence");
            if (ran.exit() == 2) {
                assertThat(ran.err()).as(what).isNotBlank();
            }
            count(kind, ran.exit(), 1);
            digest += Fingerprint.combine(seed, switch (kind) {
                case CASE -> verdicts(ran, what);
                case OPTIONS, IGVM -> ran.exit();
                case MEMORY_MAP, PROCESSORS -> 0; // how far they come in a millisecond is the day's luck
            });
        }

        private String[] options(Mutator mutator) throws IOException {
            write("m.yaml", cases.get(mutator.below(cases.size())).getBytes(StandardCharsets.UTF_8));
            String[] names = {"--states", "--timeout", "--memory", "--platform", "--threat", "--format", "--trace",
                "--matrix", "--no-symmetry",
                "--set", "--inject", "--guard", "--ablate", "--seed", "--until", "--nonsense"};
            List<String> arguments =
                    new ArrayList<>(List.of(new String[] {"check", "list", "explain"}[mutator.below(3)], "m.yaml"));
            arguments.addAll(List.of("--threads", "1", "--states", "500", "--timeout", "10s").subList(0,
                    arguments.getFirst().equals("check") ? 6 : 0));
            for (int i = mutator.below(3); i >= 0; i--) {
                arguments.add(names[mutator.below(names.length)]);
                if (mutator.below(3) > 0) {
                    arguments.add(mutator.word());
                }
            }
            return arguments.toArray(String[]::new);
        }

        private void write(String name, byte[] bytes) throws IOException {
            Files.write(folder.resolve(name), bytes);
        }
    }

    private static String[] run(String memoryMap, String cpus) {
        // The machine is not made: to bring it up takes a second, whatever the file says.
        return new String[] {"run", "--platform", "tdx", "--until", "bring-up", "--memory-map", memoryMap, "--cpus",
            cpus,
            "--timeout", "1ms"};
    }

    /**
     * What a reader takes away: each verdict. A limit is none: whether the states or the time run out first is the
     * machine's luck.
     */
    private static long verdicts(Session.Ran ran, String what) {
        JsonNode root;
        try {
            root = new ObjectMapper().readTree(ran.out());
        } catch (JsonProcessingException broken) {
            return fail(what + " printed JSON that is not whole", broken);
        }
        long hash = 0;
        for (JsonNode one : root.path("cases")) {
            for (JsonNode search : one.path("searches")) {
                for (JsonNode verdict : search.path("verdicts")) {
                    hash = Fingerprint.combine(hash, decided(verdict.path("verdict").asText()));
                }
            }
            hash = Fingerprint.combine(hash, decided(one.path("result").asText()));
        }
        return hash;
    }

    private static int decided(String verdict) {
        return verdict.equals("inconclusive") ? 0 : verdict.hashCode();
    }
}
