package org.ringfence.checker.learn;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.ringfence.checker.explore.Software;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Choose;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Results;

/**
 * Which guest pages no software can mean. Operations name pages by address, by number, and by the number of pages from
 * a first one on; so every number that an operation has is taken for each of these. What is left has no name in any
 * operation, at the price of some pages that only look named.
 *
 * <p>Software that learns a number from the machine may learn a page: then none is left. Results that are told by name
 * say nothing of pages, and answers, which anyone can give, are compared with numbers that operations have.
 */
public final class UnnamedPages {
    private final Geometry geometry;
    private final BitSet named = new BitSet();

    private UnnamedPages(Geometry geometry) {
        this.geometry = geometry;
    }

    /** The pages that none of {@code software} names, ascending; none where that cannot be told. */
    public static List<Integer> of(List<Software> software, Geometry geometry) {
        UnnamedPages pages = new UnnamedPages(geometry);
        if (geometry.hasLargePages() || !software.stream().allMatch(pages::tells)) {
            return List.of();
        }
        List<Integer> unnamed = new ArrayList<>();
        for (int page = 0; page < geometry.pages(); page++) {
            if (!pages.named.get(page)) {
                unnamed.add(page);
            }
        }
        return unnamed;
    }

    /** Notes what {@code software} names; false where it may name more. */
    private boolean tells(Software software) {
        if (!software.isComplete()) {
            return false;
        }
        for (int point = 0; point < software.points(); point++) {
            Operation<?> operation = software.operation(point);
            if (operation != null && !tells(operation)) {
                return false;
            }
        }
        return true;
    }

    private boolean tells(Operation<?> operation) {
        List<Long> numbers = new ArrayList<>();
        collect(operation, numbers);
        boolean tells =
                switch (operation.results()) {
                    case Results.Closed<?> _,Results.Truth _,Results.Frames _ -> true;
                    case Results.Answers(List<Long> known) -> numbers.addAll(known) || known.isEmpty();
                    case Results.Listed<?>(List<?> values) -> {
                        List<Long> listed = new ArrayList<>();
                        collect(values, listed);
                        yield listed.isEmpty();
                    }
                    case Results.Number _ -> operation instanceof Choose;
                    case Results.Value _,Results.Coded<?> _ -> false;
                };
        for (int first = 0; first < numbers.size(); first++) {
            name(numbers.get(first), 1);
            for (int count = 0; count < numbers.size(); count++) {
                if (count != first) {
                    name(numbers.get(first), numbers.get(count));
                    name(numbers.get(first), (numbers.get(count) + Geometry.SMALL - 1) / Geometry.SMALL);
                }
            }
        }
        return tells;
    }

    /** Names {@code count} pages from {@code first} on, taken for a number and for an address. */
    private void name(long first, long count) {
        for (long from : new long[] {first, first / Geometry.SMALL}) {
            if (from >= 0 && from < geometry.pages() && count > 0) {
                named.set((int) from, (int) Math.min(geometry.pages(), from + Math.min(count, geometry.pages())));
            }
        }
    }

    private static void collect(@Nullable Object value, List<Long> numbers) {
        switch (value) {
            case Frame _ -> {}
            case Integer number -> numbers.add((long) number);
            case Long number -> numbers.add(number);
            case Short number -> numbers.add((long) number);
            case Byte number -> numbers.add((long) number);
            case long[] array -> LongStream.of(array).forEach(numbers::add);
            case List<?> list -> list.forEach(one -> collect(one, numbers));
            case Record record -> {
                Components components = Components.of(record);
                for (int i = 0; i < components.count(); i++) {
                    collect(components.get(record, i), numbers);
                }
            }
            case null, default -> {}
        }
    }
}
