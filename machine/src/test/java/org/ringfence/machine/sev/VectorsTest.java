package org.ringfence.machine.sev;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ringfence.machine.memory.CacheOptions;
import org.ringfence.machine.memory.CacheOptions.Coherence;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Load;
import org.ringfence.machine.memory.Loaded;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.MemoryOptions;
import org.ringfence.machine.memory.Store;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.sev.adversary.CiphertextNote;
import org.ringfence.machine.sev.adversary.RelocateCiphertext;
import org.ringfence.machine.sev.adversary.ReplayCiphertext;
import org.ringfence.machine.sev.adversary.SaveCiphertext;
import org.ringfence.machine.state.Layout;
import org.ringfence.machine.state.State;

/** What a reader sees depends on the last write, through which mapping it went, and where the caches stand. */
class VectorsTest {
    private static final Geometry GEOMETRY = new Geometry(2, 2, 1);
    private static final Actor GUEST = new Actor(0, Principal.GUEST, "guest");
    private static final Actor HOST = new Actor(1, Principal.HOST, "host");

    /** A row of {@code vectors.txt}. */
    record Vector(String number, String caches, List<String> given, String when, Loaded then) {
        @Override
        public String toString() {
            return "#" + number;
        }
    }

    static Stream<Vector> vectors() {
        try (InputStream in = Objects.requireNonNull(VectorsTest.class.getResourceAsStream("vectors.txt"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(line -> Arrays.stream(line.split("\\|")).map(String::strip).toList())
                    .map(row -> new Vector(
                            row.get(0),
                            row.get(1),
                            Arrays.stream(row.get(2).split(";")).map(String::strip).toList(),
                            row.get(3),
                            Loaded.valueOf(row.get(4))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A guest whose pages are mapped to the frames of their number. */
    private record Bench(Machine machine, State state) {
        static Bench of(String caches) {
            MemoryOptions plain = MemoryOptions.plain(NestedGuest.GUEST_KEY);
            MemoryOptions options = switch (caches) {
                case "NONE" -> plain;
                case "INCOHERENT" -> plain.with(CacheOptions.everyLine(1));
                case "COHERENT" -> plain.with(CacheOptions.everyLine(1).with(Coherence.ACROSS_KEYS));
                default -> throw new IllegalArgumentException(caches);
            };
            Layout.Placed<Machine> placed = Layout.of(Layout.Storage.PACKED, GEOMETRY.frames(), 1, declaration -> {
                Cpus cpus = Cpus.declare(declaration, 1, AnswerVmgexit.KNOWN);
                Memory memory = Memory.declare(declaration, GEOMETRY, options);
                return Machine.of(
                        cpus,
                        memory,
                        Sev.declare(declaration, GEOMETRY, cpus, 0, Optional.empty()),
                        CiphertextNote.declare(declaration, memory));
            });
            Bench bench = new Bench(placed.machine(), placed.layout().newState());
            bench.machine.part(Sev.class).npt().map(bench.state, 0, 0, Level.SIZE_4K);
            bench.machine.part(Sev.class).npt().map(bench.state, 1, 1, Level.SIZE_4K);
            return bench;
        }

        long perform(String step) {
            String[] words = step.split(" +", -1);
            Map<String, String> with = Arrays.stream(words)
                    .skip(1)
                    .map(word -> word.split("=", 2))
                    .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
            long gpa = number(with, "page") * Geometry.SMALL;
            Mapping mapping = number(with, "c") == 1 ? Mapping.PRIVATE : Mapping.SHARED;
            Frame frame = new Frame(number(with, "frame"));
            return switch (words[0]) {
                case "store" -> ask(GUEST, new Store(gpa, mapping, value(with)));
                case "load" -> ask(GUEST, new Load(gpa, mapping));
                case "hoststore" -> ask(HOST, new HostStore(frame, value(with), Level.SIZE_4K));
                case "save" -> ask(HOST, new SaveCiphertext(frame));
                case "replay" -> ask(HOST, new ReplayCiphertext());
                case "relocate" -> ask(HOST, new RelocateCiphertext(frame));
                case "map" -> ask(HOST, new MapNestedPage(gpa, frame, Level.SIZE_4K));
                case "flush" -> {
                    int page = number(with, "page");
                    machine.part(Memory.class).flush(state, page, machine.part(Sev.class).key(mapping));
                    yield 0;
                }
                default -> throw new IllegalArgumentException(step);
            };
        }

        private long ask(Actor actor, Operation<?> operation) {
            return operation.on(machine, actor).take(state);
        }

        private static Value value(Map<String, String> with) {
            return Value.valueOf(Objects.requireNonNull(with.get("value")));
        }

        private static int number(Map<String, String> with, String key) {
            return Integer.parseInt(with.getOrDefault(key, "0"));
        }
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void aVectorHolds(Vector vector) {
        Bench bench = Bench.of(vector.caches());
        for (String step : vector.given()) {
            assertThat(bench.perform(step)).as(step).isZero();
        }

        assertThat(Loaded.values()[(int) bench.perform(vector.when())]).isEqualTo(vector.then());
    }
}
