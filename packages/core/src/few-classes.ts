/**
 * Up to so many classes a processor follows the rows of all of them, a cache line here and a line there, and fetches
 * ahead; of more it is better to read long runs. It decides how a batch is cut, and which kernels run.
 */
export const FEW_CLASSES = 40;
