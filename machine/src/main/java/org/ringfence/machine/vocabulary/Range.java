package org.ringfence.machine.vocabulary;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.operation.Machine;

/** The few values that a random run draws one argument from, valid ones and others, the simplest first. */
@FunctionalInterface
public interface Range {

    /**
     * The values on {@code machine}: Boolean, Integer, Long, String or constants of an enum, as the component's type
     * asks.
     */
    List<?> in(Machine machine);

    /** These, and then the others. */
    default Range or(Range others) {
        return machine -> {
            List<Object> all = new ArrayList<>(in(machine));
            others.in(machine).stream().filter(value -> !all.contains(value)).forEach(all::add);
            return all;
        };
    }

    /** Whole numbers, for a component of type int. */
    static Range of(int... values) {
        List<Integer> all = IntStream.of(values).boxed().toList();
        return machine -> all;
    }

    /** Whole numbers, for a component of type long. */
    static Range of(long... values) {
        List<Long> all = LongStream.of(values).boxed().toList();
        return machine -> all;
    }

    /** Constants of an enum. */
    static Range of(Enum<?>... constants) {
        List<Enum<?>> all = List.of(constants);
        return machine -> all;
    }

    /** Every constant of an enum. */
    static <E extends Enum<E>> Range every(Class<E> type) {
        List<E> all = Arrays.asList(type.getEnumConstants());
        return machine -> all;
    }

    /** False, then true. */
    static Range either() {
        return machine -> List.of(false, true);
    }

    /** The numbers of the machine's frames. */
    static Range frames() {
        return machine -> IntStream.range(0, geometry(machine).frames()).boxed().toList();
    }

    /** The addresses of the machine's frames, laid out as guest physical addresses are. */
    static Range addresses() {
        return machine -> IntStream.range(0, geometry(machine).frames())
                .mapToObj(frame -> geometry(machine).gpa(frame))
                .toList();
    }

    /** The guest physical addresses of the machine's pages. */
    static Range pages() {
        return machine -> IntStream.range(0, geometry(machine).pages())
                .mapToObj(page -> geometry(machine).gpa(page))
                .toList();
    }

    /** 4K, and 2M where the machine has large pages. */
    static Range levels() {
        return machine -> geometry(machine).hasLargePages()
                ? List.of(Level.SIZE_4K, Level.SIZE_2M)
                : List.of(Level.SIZE_4K);
    }

    private static Geometry geometry(Machine machine) {
        return machine.part(Memory.class).geometry();
    }
}
