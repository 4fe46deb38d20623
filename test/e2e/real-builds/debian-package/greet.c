#include <stdio.h>

int main(void) {
  puts("good day");
  return 0;
}
