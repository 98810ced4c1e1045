package org.ringfence.machine.memory;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Memory and caches of two packages, written down as the sources tell them and with no thought of bits: what the real
 * ones are held against.
 */
final class NaiveMemory {
    /** What lies in memory. */
    record Dram(Value value, int keyId, boolean oldKey, boolean poison) {}

    /** A copy in a cache; without a value it is junk. */
    record Copy(@Nullable Value value, boolean dirty, int owner) {}

    record Place(int frame, int keyId) {}

    final Map<Integer, Dram> dram = new HashMap<>();
    final Map<Place, Copy> cache = new HashMap<>();
    private final boolean li;
    private final boolean coherent;
    private final boolean keepsClean;
    private final boolean erratum;

    NaiveMemory(boolean li, boolean coherent, boolean keepsClean, boolean erratum) {
        this.li = li;
        this.coherent = coherent;
        this.keepsClean = keepsClean;
        this.erratum = erratum;
    }

    private static boolean isPrivate(int keyId) {
        return keyId >= 3;
    }

    private Dram at(int frame) {
        return dram.getOrDefault(frame, new Dram(Value.ZERO, 0, false, false));
    }

    private void put(int frame, Value value, int keyId) {
        dram.put(frame, new Dram(value, keyId, false, false));
    }

    private String poison(int frame) {
        Dram was = at(frame);
        dram.put(frame, new Dram(was.value, was.keyId, was.oldKey, true));
        return "POISON";
    }

    private String fromDram(int frame, int keyId) {
        Dram line = at(frame);
        boolean same = line.keyId == keyId && !line.oldKey;
        if (line.poison) {
            return "POISON";
        }
        if (!isPrivate(keyId)) {
            return isPrivate(line.keyId) ? "ZERO" : same ? line.value.toString() : "JUNK";
        }
        if (!isPrivate(line.keyId)) {
            return poison(frame);
        }
        if (same) {
            return line.value.toString();
        }
        return li ? "JUNK" : poison(frame);
    }

    private static String of(Copy copy) {
        return copy.value == null ? "JUNK" : copy.value.toString();
    }

    private void evictOthers(int frame, int keyId) {
        if (coherent) {
            for (int other = 0; other <= 4; other++) {
                if (other != keyId) {
                    evict(frame, other);
                }
            }
        }
    }

    void evict(int frame, int keyId) {
        Copy copy = cache.remove(new Place(frame, keyId));
        if (copy != null && copy.dirty && copy.value != null) {
            put(frame, copy.value, keyId);
        }
    }

    String read(int frame, int keyId) {
        Copy copy = cache.get(new Place(frame, keyId));
        if (copy != null) {
            return of(copy);
        }
        evictOthers(frame, keyId);
        return fromDram(frame, keyId);
    }

    String load(int owner, int frame, int keyId) {
        boolean hit = cache.containsKey(new Place(frame, keyId));
        String found = read(frame, keyId);
        if (!hit && keepsClean && !found.equals("POISON")) {
            cache.put(
                    new Place(frame, keyId),
                    new Copy(found.equals("JUNK") ? null : Value.valueOf(found), false, owner));
        }
        return found;
    }

    void store(int owner, int frame, int keyId, Value value) {
        evictOthers(frame, keyId);
        cache.put(new Place(frame, keyId), new Copy(value, true, owner));
    }

    void flush(int frame, int keyId) {
        evict(frame, keyId);
        evictOthers(frame, keyId);
    }

    void write(int frame, int keyId, Value value) {
        flush(frame, keyId);
        put(frame, value, keyId);
    }

    void part(int frame, int keyId, Value value) {
        flush(frame, keyId);
        if (erratum && !isPrivate(keyId) && isPrivate(at(frame).keyId)) {
            poison(frame);
        } else if (!fromDram(frame, keyId).equals("POISON")) {
            put(frame, value, keyId);
        }
    }

    private List<Place> of(int owner, List<Place> order) {
        List<Place> places = new ArrayList<>(order);
        places.removeIf(place -> {
            Copy copy = cache.get(place);
            return copy == null || copy.owner != owner;
        });
        return places;
    }

    /** WBINVD, in one of the orders that it may have. */
    void wbinvd(int owner, List<Place> order) {
        of(owner, order).forEach(place -> evict(place.frame, place.keyId));
    }

    void wbnoinvd(int owner, List<Place> order) {
        for (Place place : of(owner, order)) {
            Copy copy = cache.get(place);
            if (copy != null && copy.dirty) {
                evict(place.frame, place.keyId);
                if (keepsClean) {
                    cache.put(place, new Copy(copy.value, false, owner));
                }
            }
        }
    }

    void invd(int owner) {
        cache.values().removeIf(copy -> copy.owner == owner);
    }

    void newKey(int keyId) {
        dram.replaceAll((_, line) -> line.keyId == keyId ? new Dram(line.value, keyId, true, line.poison) : line);
    }
}
