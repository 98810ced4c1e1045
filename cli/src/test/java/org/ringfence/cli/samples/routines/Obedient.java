package org.ringfence.cli.samples.routines;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Routine;

/**
 * A routine that uses what it may: collections in a fixed order, lambdas, switches, exceptions, resources, constants.
 */
public record Obedient(Shape shape, int pages) implements Routine<Integer> {

    static final int MOST = 4;
    static final Square FIRST = new Square(1);

    /** Something to take apart. */
    public sealed interface Shape {}

    /** One shape. */
    public record Square(int side) implements Shape {}

    /** Another. */
    public record Oblong(Square half, int rest) implements Shape {}

    /** What is held while a routine works. */
    public record Held() implements AutoCloseable {
        int number() {
            return 3;
        }

        @Override
        public void close() {}
    }

    enum Size {
        SMALL, LARGE
    }

    @Override
    public Integer run(Cpu cpu) {
        List<Integer> seen = new ArrayList<>();
        var names = new LinkedHashMap<String, Integer>();
        try (Held outer = new Held(); Held inner = new Held()) {
            seen.add(outer.number() + inner.number());
            names.put("held", inner.number());
        } finally {
            seen.add(MOST);
        }
        try {
            seen.add(Integer.parseInt("x" + pages));
        } catch (NumberFormatException notANumber) {
            seen.add(notANumber.getMessage() == null ? 0 : 1);
        }
        Size size = pages > MOST ? Size.LARGE : Size.SMALL;
        seen.add(switch (size) {
            case SMALL -> 1;
            case LARGE -> 2;
        });
        assert pages >= 0 : "a number of pages is never negative";
        int area = switch (pages == 0 ? FIRST : shape) {
            case Square(int side) -> side * side;
            case Oblong(Square(int side), int rest) -> side * side + rest;
        };
        return area + seen.stream().mapToInt(Integer::intValue).sum() + names.size();
    }
}
