package org.ringfence.stack.host.inventory;

/**
 * A range of host physical addresses as the firmware tells of it.
 *
 * @param start first byte
 * @param end first byte behind it
 * @param usable whether Linux uses it as ordinary memory
 * @param type as it was printed
 * @param line where, from 1
 */
public record FirmwareRange(long start, long end, boolean usable, String type, int line) {
    @Override
    public String toString() {
        return "0x%x-0x%x".formatted(start, end - 1);
    }
}
