package org.ringfence.wasm.shared;

import java.util.ArrayList;
import java.util.List;
import org.ringfence.machine.operation.Adversary;
import org.ringfence.machine.operation.Cast;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.NumberedFamily;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;

/**
 * Words of memory that several actors share, of few values each. They lie in the guest; those that the host can reach
 * are written by a malicious one whenever it likes.
 */
public record SharedWords(List<Range> ranges) {

    /** Words of one name. */
    public record Range(Declared declared, Bounded value) {}

    /**
     * What is declared of them.
     *
     * @param name of the range
     * @param count words
     * @param below every value is below it
     * @param withHost whether the host reaches them
     */
    public record Declared(String name, int count, int below, boolean withHost) {}

    /** Brings words. */
    public record Brought(List<Declared> ranges) implements Part {
        public Brought {
            ranges = List.copyOf(ranges);
        }

        @Override
        public Class<SharedWords> type() {
            return SharedWords.class;
        }

        @Override
        public SharedWords declare(Declaration declaration, Machine machine, Cast cast) {
            return new SharedWords(ranges.stream()
                    .map(range -> new Range(range, declaration.table("shared " + range.name, "word", range.count)
                            .bounded("value", range.below - 1)))
                    .toList());
        }

        @Override
        public Part and(Part other) {
            if (!(other instanceof Brought(List<Declared> others))) {
                return Part.super.and(other);
            }
            List<Declared> all = new ArrayList<>(ranges);
            for (Declared one : others) {
                if (all.stream().anyMatch(own -> own.name.equals(one.name) && !own.equals(one))) {
                    throw new IllegalArgumentException(
                            "shared memory '%s' is declared in two ways".formatted(one.name));
                }
                if (!all.contains(one)) {
                    all.add(one);
                }
            }
            return new Brought(all);
        }

        @Override
        public List<Adversary> adversaries() {
            return List.of(Adversary.malicious(
                    Principal.HOST,
                    (machine, cast) -> machine.part(SharedWords.class).ranges().stream()
                            .filter(range -> range.declared.withHost)
                            .<Family>map(range -> new NumberedFamily(
                                    Principal.HOST,
                                    range.declared.count * range.declared.below,
                                    (state, number) -> {
                                        int below = range.declared.below;
                                        range.value.set(state, number / below, number % below);
                                        return true;
                                    },
                                    number -> new WordOperation.Put(
                                            range.declared.name,
                                            number / range.declared.below,
                                            number % range.declared.below)))
                            .toList()));
        }
    }

    /** The words of this name; IllegalArgumentException where there are none. */
    Bounded of(String name) {
        return ranges.stream()
                .filter(range -> range.declared.name.equals(name))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException("no shared memory is called '%s'".formatted(name))).value;
    }
}
