package org.ringfence.checker.explore;

/**
 * Two blocks of frames exchange their names, frame by frame.
 *
 * @param first the one block, counted from 0
 * @param second the other
 * @param framesPerBlock frames of a block
 */
public record FrameSwap(int first, int second, int framesPerBlock) {
    /** The new name of a frame. */
    public int of(int frame) {
        int block = frame / framesPerBlock;
        if (block == first) {
            return frame + (second - first) * framesPerBlock;
        }
        return block == second ? frame - (second - first) * framesPerBlock : frame;
    }
}
