package org.ringfence.machine.memory;

import java.util.Arrays;
import java.util.List;
import org.ringfence.machine.memory.CacheOptions.Coherence;
import org.ringfence.machine.memory.MemoryOptions.CrossKey;
import org.ringfence.machine.operation.Guard;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.state.Layout;
import org.ringfence.machine.state.State;

/**
 * A memory of two frames that rows of vectors speak of. KeyIDs 0 to 2 are shared, 3 and 4 private; on a machine without
 * integrity all of 0 to 4 are of one kind.
 */
final class MemoryBench {
    static final KeyIds KEYS = new KeyIds(2, 2);

    final Memory memory;
    final State state;
    final Layout layout;

    MemoryBench(List<String> words, Layout.Storage storage) {
        MemoryOptions options = options(words);
        Layout.Placed<Memory> placed = Layout.of(
                storage, 2, 1,
                declaration -> Memory.declare(declaration, new Geometry(2, 2, 1), options, guards(words)));
        memory = placed.machine();
        layout = placed.layout();
        state = layout.newState();
    }

    static MemoryOptions options(List<String> words) {
        MemoryOptions options = MemoryOptions.tdx(KEYS);
        for (String word : words) {
            options = switch (word) {
                case "plain" -> MemoryOptions.plain(4);
                case "ci" -> MemoryOptions.tdx(KEYS);
                case "li" -> options.logical(CrossKey.JUNK);
                case "li-mc" -> options.logical(CrossKey.MACHINE_CHECK);
                case "poison" -> options.withPoison();
                case "erratum" -> options.withPartialWriteErratum();
                case "changes" -> options.withKeyChanges(1);
                case "changes-3" -> options.withKeyChanges(3);
                case "mac-1" -> options.withMacBits(1);
                case "mac-2" -> options.withMacBits(2);
                case "lines-2" -> options.withLines(2);
                case "caches" -> options.with(CacheOptions.everyLine(2));
                case "one-slot" -> options.with(CacheOptions.setAssociative(2, 1, 1));
                case "sets" -> options.with(CacheOptions.setAssociative(2, 4, 8));
                case "clean" -> options.with(options.caches().withCleanLines());
                case "coherent" -> options.with(options.caches().with(Coherence.ACROSS_KEYS));
                default -> {
                    if (!word.startsWith("without:")) {
                        throw new IllegalArgumentException("no such option: " + word);
                    }
                    yield options;
                }
            };
        }
        return options;
    }

    private static Guards guards(List<String> words) {
        return Guards.without(words.stream()
                .filter(word -> word.startsWith("without:"))
                .map(word -> Arrays.stream(MemoryGuard.values())
                        .filter(guard -> guard.printed().equals(word.substring(8)))
                        .findFirst()
                        .orElseThrow())
                .toArray(Guard[]::new));
    }

    /** Performs {@code text}; answers what was read, or {@code -}. */
    String perform(String text) {
        String[] words = text.split(":", -1);
        int key = words.length > 1 ? Integer.parseInt(words[1]) : 0;
        String rest = words.length > 2 ? words[2] : "";
        return switch (words[0]) {
            case "write" -> done(() -> memory.write(state, 0, Value.valueOf(rest), key));
            case "write-line" -> done(() -> memory.writeLine(state, 0, 1, Value.valueOf(rest), key));
            case "part" -> done(() -> memory.writePartially(state, 0, 0, Value.valueOf(rest), key));
            case "store" -> done(() -> memory.store(state, 0, 0, Value.valueOf(rest), key));
            case "store-other" -> done(() -> memory.store(state, 0, 1, Value.valueOf(rest), key));
            case "store-far" -> done(() -> memory.store(state, 1, 0, Value.valueOf(rest), key));
            case "load" -> print(memory.load(state, 0, 0, key));
            case "read" -> print(memory.read(state, 0, key));
            case "read-line" -> print(memory.readLine(state, 0, 1, key));
            case "read-copy" -> print(memory.read(state, 1, key));
            case "copy" -> done(() -> memory.copyRaw(state, 0, 1));
            case "flush" -> done(() -> memory.caches().flush(state, 0, 0, key));
            case "evict" -> done(() -> memory.caches().evict(state, memory.caches().find(state, 0, 0, key)));
            case "wbinvd" -> done(() -> memory.caches().writeBackAndInvalidate(state, key));
            case "wbnoinvd" -> done(() -> memory.caches().writeBack(state, key));
            case "invd" -> done(() -> memory.caches().invalidate(state, key));
            case "new-key" -> done(() -> memory.changeKey(state, key));
            case "choose-key" -> done(() -> memory.keys().choose(state, key, Integer.parseInt(rest)));
            default -> throw new IllegalArgumentException("no such operation: " + text);
        };
    }

    /** What holds at {@code place}. */
    String at(String place) {
        String[] words = place.split(":", -1);
        int key = words.length > 1 ? Integer.parseInt(words[1]) : 0;
        return switch (words[0]) {
            case "owner" -> memory.isOwned(state, 0, 0) ? "1" : "0";
            case "poison" -> memory.isPoisoned(state, 0, 0) ? "1" : "0";
            case "value" -> memory.value().get(state, 0).toString();
            case "key" -> Integer.toString(memory.writtenUnder().get(state, 0));
            case "dirty" -> memory.caches().isDirty(state, 0, 0, key) ? "1" : "0";
            case "cached" -> memory.caches().find(state, 0, 0, key) >= 0 ? "1" : "0";
            default -> throw new IllegalArgumentException("no such place: " + place);
        };
    }

    private static String done(Runnable runnable) {
        runnable.run();
        return "-";
    }

    static String print(int found) {
        return switch (found) {
            case Memory.JUNK -> "JUNK";
            case Memory.POISON -> "POISON";
            default -> Value.values()[found].toString();
        };
    }
}
